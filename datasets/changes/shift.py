"""A patient who is not in the middle."""

import numpy as np

from datasets.geometry import moved
from datasets.image_change import Acquisition

__all__ = ["Shift"]


class Shift(Acquisition):
    """Shifted in a random direction."""

    amounts = (0.02, 0.04, 0.06, 0.08, 0.1)
    unit = "share of the sides"

    def changed(self, plane: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """The same size, black where nothing is left."""
        angle = rng.uniform(0, 2 * np.pi)
        return moved(plane, shift=(self.amount * np.cos(angle), self.amount * np.sin(angle)))
