"""The common part of extractors that describe a fixed grid of cells, all of them in a row."""

from dataclasses import dataclass

import numpy as np

from features.image_features import unit
from features.local_descriptors import LocalDescriptors, LocalFeatures


@dataclass(repr=False, eq=False, kw_only=True)
class CellFeatures(LocalFeatures):
    """The numbers of all cells side by side; a subclass adds `describe` and `width`.

    Each cell has columns of its own, so a heatmap shows exactly where attribution lies.
    """

    def encode(self, descriptors: LocalDescriptors) -> np.ndarray:
        """The values of all cells (width,) float32, of Euclidean length 1."""
        return unit(descriptors.values.ravel())

    def shares(self, descriptors: LocalDescriptors, attribution: np.ndarray) -> np.ndarray:
        """What each cell contributes (k, n) to attributions (k, width): that of its columns."""
        return attribution.reshape(len(attribution), len(descriptors), -1).sum(axis=2)


def on_grid(values: np.ndarray, step: float, size: float) -> LocalDescriptors:
    """Values (rows, columns, d) of squares of this size, whose corners are `step` apart.

    Both are fractions of the side of the image.
    """
    down, across = np.indices(values.shape[:2]).reshape(2, -1) * step + size / 2
    sizes = np.full(len(down), size, np.float32)
    return LocalDescriptors(
        values.reshape(len(down), -1).astype(np.float32),
        np.stack([across, down], axis=1).astype(np.float32),
        sizes,
        np.zeros_like(sizes),
    )
