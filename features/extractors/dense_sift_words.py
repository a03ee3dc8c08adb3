"""Visual words of SIFT on a grid, which covers the whole image and not only blobs."""

from dataclasses import dataclass

import numpy as np

from features.dense_sift import dense_sift
from features.local_descriptors import LocalDescriptors
from features.visual_words import VisualWords

__all__ = ["DenseSiftWords"]


@dataclass(repr=False, eq=False, kw_only=True)
class DenseSiftWords(VisualWords):
    """Histogram of visual words over upright SIFT descriptors on a regular grid."""

    n_words: int = 1024
    step: int = 8
    bin_sizes: tuple[int, ...] = (12,)

    def describe(self, image: np.ndarray) -> LocalDescriptors:
        """RootSIFT of an image (s, s) uint8 every `step` pixels."""
        return dense_sift(image, self.step, self.bin_sizes)
