"""What happens to every film before an extractor looks at it, written once."""

from dataclasses import dataclass

import cv2
import numpy as np

CLIP_LIMIT = 2.0
TILES = (8, 8)


@dataclass(frozen=True)
class Preprocessing:
    """A grey plane made square without stretching, and its local contrast equalised if asked."""

    image_size: int
    equalise: bool

    def __call__(self, plane: np.ndarray) -> np.ndarray:
        """The plane (h, w) uint8 as (image_size, image_size) uint8."""
        square = letterbox(plane, self.image_size)
        if not self.equalise:
            return square
        return cv2.createCLAHE(clipLimit=CLIP_LIMIT, tileGridSize=TILES).apply(square)


def letterbox(plane: np.ndarray, size: int) -> np.ndarray:
    """The plane (h, w) scaled to fit (size, size), in the middle of black bars."""
    height, width = plane.shape
    scale = size / max(height, width)
    inner = (max(1, round(width * scale)), max(1, round(height * scale)))
    smooth = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    scaled = cv2.resize(plane, inner, interpolation=smooth)
    square = np.zeros((size, size), plane.dtype)
    left, top = (size - inner[0]) // 2, (size - inner[1]) // 2
    square[top : top + inner[1], left : left + inner[0]] = scaled
    return square
