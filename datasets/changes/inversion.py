"""Inverted polarity, as of DICOMs that are marked wrongly."""

import numpy as np

from datasets.image_change import WHITE, Acquisition

__all__ = ["Inversion"]


class Inversion(Acquisition):
    """Black and white exchanged in some of the images; polarity itself has no degrees."""

    amounts = (0.2, 0.4, 0.6, 0.8, 1.0)
    unit = "share of the images that are inverted"

    def changed(self, plane: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """An image that is inverted at one severity is inverted at all higher ones."""
        return WHITE - plane if rng.random() < self.amount else plane.copy()
