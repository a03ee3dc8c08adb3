"""Over- and underexposure."""

import numpy as np

from datasets.image_change import WHITE, Acquisition, mapped

__all__ = ["Exposure"]


class Exposure(Acquisition):
    """All grey levels multiplied; half of the images become lighter, half darker."""

    amounts = (0.2, 0.4, 0.6, 0.8, 1.0)
    unit = "stops, lighter or darker"

    def changed(self, plane: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """What becomes lighter than white stays white."""
        return mapped(plane, np.arange(WHITE + 1) * 2.0 ** (rng.choice((-1, 1)) * self.amount))
