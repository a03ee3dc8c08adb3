"""Another display curve."""

import numpy as np

from datasets.image_change import WHITE, Acquisition, mapped

__all__ = ["Gamma"]


class Gamma(Acquisition):
    """Grey levels raised to a power; half of the images become lighter, half darker."""

    amounts = (1.2, 1.4, 1.7, 2.0, 2.5)
    unit = "gamma, or its inverse"

    def changed(self, plane: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Black and white stay."""
        power = self.amount ** rng.choice((-1, 1))
        return mapped(plane, WHITE * (np.arange(WHITE + 1) / WHITE) ** power)
