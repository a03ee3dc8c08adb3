"""Blur, as by motion or focus."""

import cv2
import numpy as np

from datasets.image_change import Acquisition

__all__ = ["Blur"]


class Blur(Acquisition):
    """A Gaussian blur."""

    amounts = (0.002, 0.004, 0.006, 0.008, 0.012)
    unit = "standard deviation as a share of the longer side"

    def changed(self, plane: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """The same relative blur for images of any size."""
        return cv2.GaussianBlur(plane, (0, 0), self.amount * max(plane.shape))
