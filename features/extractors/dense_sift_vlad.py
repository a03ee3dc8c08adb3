"""VLAD of SIFT on a grid: Fisher vectors with hard counts and no second moments."""

from dataclasses import dataclass

import numpy as np

from features.dense_sift import dense_sift
from features.local_descriptors import LocalDescriptors
from features.vlad import Vlad

__all__ = ["DenseSiftVlad"]


@dataclass(repr=False, eq=False, kw_only=True)
class DenseSiftVlad(Vlad):
    """VLAD of upright SIFT descriptors on a regular grid."""

    # As in dense_sift_fisher.
    equalise: bool = False
    step: int = 8
    bin_sizes: tuple[int, ...] = (12,)

    def describe(self, image: np.ndarray) -> LocalDescriptors:
        """RootSIFT of an image (s, s) uint8 every `step` pixels."""
        return dense_sift(image, self.step, self.bin_sizes)
