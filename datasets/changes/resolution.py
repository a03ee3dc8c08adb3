"""Lower resolution."""

import cv2
import numpy as np

from datasets.image_change import Acquisition

__all__ = ["Resolution"]


class Resolution(Acquisition):
    """Made smaller, then as large as before; smaller images stay as they are."""

    amounts = (256, 192, 128, 96, 64)
    unit = "pixels of the longer side"

    def changed(self, plane: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """The same size with less detail."""
        height, width = plane.shape
        scale = self.amount / max(plane.shape)
        if scale >= 1:
            return plane.copy()
        size = max(1, round(width * scale)), max(1, round(height * scale))
        small = cv2.resize(plane, size, interpolation=cv2.INTER_AREA)
        return cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
