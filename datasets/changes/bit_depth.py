"""Fewer grey levels."""

import numpy as np

from datasets.image_change import WHITE, Acquisition, mapped

__all__ = ["BitDepth"]


class BitDepth(Acquisition):
    """Stored with fewer bits; all images have 8 after decoding, whatever their files have."""

    amounts = (6, 5, 4, 3, 2)
    unit = "bits"

    def changed(self, plane: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Black and white stay."""
        steps = 2**self.amount - 1
        return mapped(plane, np.rint(np.arange(WHITE + 1) / WHITE * steps) / steps * WHITE)
