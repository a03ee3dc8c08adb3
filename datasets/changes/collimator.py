"""A black border, as left by a collimator."""

import numpy as np

from datasets.image_change import Acquisition

__all__ = ["Collimator"]


class Collimator(Acquisition):
    """Black borders at all sides, each of its own width."""

    amounts = (0.02, 0.04, 0.06, 0.08, 0.1)
    unit = "largest width of the border as a share of the side"

    def changed(self, plane: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """The same size; what the border covers is lost."""
        height, width = plane.shape
        top, bottom, left, right = rng.uniform(0.5, 1, 4) * self.amount
        rows = slice(round(top * height), round((1 - bottom) * height))
        columns = slice(round(left * width), round((1 - right) * width))
        framed = np.zeros_like(plane)
        framed[rows, columns] = plane[rows, columns]
        return framed
