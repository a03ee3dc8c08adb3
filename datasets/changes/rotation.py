"""Rotation, as of a patient who is not upright."""

import numpy as np

from datasets.geometry import moved
from datasets.image_change import Acquisition

__all__ = ["Rotation"]


class Rotation(Acquisition):
    """Turned about the centre; half of the images left, half right."""

    amounts = (2, 4, 6, 8, 10)
    unit = "degrees, left or right"

    def changed(self, plane: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """The same size, with black corners."""
        return moved(plane, rng.choice((-1, 1)) * self.amount)
