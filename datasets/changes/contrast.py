"""Lower contrast."""

import numpy as np

from datasets.image_change import WHITE, Acquisition, mapped

__all__ = ["Contrast"]


class Contrast(Acquisition):
    """Grey levels moved towards the mean of the image."""

    amounts = (0.2, 0.4, 0.55, 0.7, 0.8)
    unit = "share of the contrast that is lost"

    def changed(self, plane: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """The mean of the image stays."""
        mean = plane.mean()
        return mapped(plane, (np.arange(WHITE + 1) - mean) * (1 - self.amount) + mean)
