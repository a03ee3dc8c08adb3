"""LBP: which neighbours of a pixel are brighter, counted in the cells of a grid."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from skimage.feature import local_binary_pattern

from features.cell_features import CellFeatures, on_grid
from features.local_descriptors import LocalDescriptors

__all__ = ["Lbp"]

# Around a circle, this many points give 58 patterns with at most two changes, and all others.
POINTS, PATTERNS = 8, 59


@dataclass(repr=False, eq=False, kw_only=True)
class Lbp(CellFeatures):
    """Uniform local binary patterns at several radii: the texture of each part of the image."""

    libraries: ClassVar[tuple[str, ...]] = ("skimage",)

    radii: tuple[int, ...] = (1, 2, 4)
    grid: int = 4

    @property
    def width(self) -> int:
        """A histogram of patterns for each radius in each cell."""
        return self.grid**2 * len(self.radii) * PATTERNS

    def describe(self, image: np.ndarray) -> LocalDescriptors:
        """The square roots of the shares of patterns in each cell of an image (s, s) uint8."""
        by_radius = np.concatenate([self._shares(image, radius) for radius in self.radii], axis=2)
        return on_grid(np.sqrt(by_radius), 1 / self.grid, 1 / self.grid)

    def _shares(self, image: np.ndarray, radius: int) -> np.ndarray:
        """The share of each pattern (grid, grid, PATTERNS) among the pixels of each cell."""
        patterns = local_binary_pattern(image, POINTS, radius, "nri_uniform").astype(int)
        along = np.arange(len(image)) * self.grid // len(image)
        columns = (along[:, None] * self.grid + along) * PATTERNS + patterns
        counts = np.bincount(columns.ravel(), minlength=self.grid**2 * PATTERNS)
        by_cell = counts.reshape(self.grid, self.grid, PATTERNS)
        return by_cell / np.maximum(by_cell.sum(axis=2, keepdims=True), 1)
