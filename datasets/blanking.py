"""Boxes of an image blanked, or everything outside of them: what does a model see without them?"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np

from datasets.geometry import pixels_of
from datasets.image_change import Change
from errors import MisalignedRows

# Bytes of a digest of an image file.
DIGEST = 16


@dataclass(frozen=True, eq=False)
class Blanking(Change):
    """Fills the boxes of each image, or with `outside` everything else, with one grey level.

    `boxes` has the boxes (b, 4) of an image by its id: x, y, width and height in fractions of the
    width and height; (0, 4) for none. The grey level is the mean of the image, or `fill`.
    """

    boxes: Mapping[str, np.ndarray]
    outside: bool = False
    fill: int | None = None

    def __call__(self, plane: np.ndarray, image: str, digest: str) -> np.ndarray:
        """The plane (h, w) uint8 with its boxes filled, or all but its boxes."""
        inside = np.zeros(plane.shape, bool)
        for box in self._of(image):
            inside[pixels_of(box, plane.shape)] = True
        level = round(float(plane.mean())) if self.fill is None else self.fill
        return np.where(inside != self.outside, np.uint8(level), plane)

    @property
    def parameters(self) -> dict[str, Any]:
        """Everything but the boxes, which are in the key of each image."""
        return {"outside": self.outside, "fill": self.fill}

    def key(self, image: str, digest: str) -> str:
        """A digest of the file and of the boxes, so that an image with other boxes is another."""
        return blake2b(digest.encode() + self._of(image).tobytes(), digest_size=DIGEST).hexdigest()

    def _of(self, image: str) -> np.ndarray:
        if image not in self.boxes:
            raise MisalignedRows(
                f"Every image must have boxes to blank, or an empty list; {image!r} has none."
                " Leave it out, or add its boxes."
            )
        return np.asarray(self.boxes[image], float).reshape(-1, 4)
