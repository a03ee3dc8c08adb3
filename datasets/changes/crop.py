"""A smaller field of view."""

import numpy as np

from datasets.image_change import Acquisition

__all__ = ["Crop"]


class Crop(Acquisition):
    """The edges cut off, at each side a random share of what is lost."""

    amounts = (0.04, 0.08, 0.12, 0.16, 0.2)
    unit = "share of the width and of the height that is lost"

    def changed(self, plane: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """A smaller image, which extractors scale to their size."""
        lost = np.rint(self.amount * np.array(plane.shape)).astype(int)
        top, left = np.rint(lost * rng.random(2)).astype(int)
        height, width = np.array(plane.shape) - lost
        return plane[top : top + height, left : left + width].copy()
