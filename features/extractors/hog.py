"""HOG: histograms of gradient directions in cells, normalised over blocks of cells."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from skimage.feature import hog

from errors import InvalidOption
from features.cell_features import CellFeatures, on_grid
from features.local_descriptors import LocalDescriptors

__all__ = ["Hog"]


@dataclass(repr=False, eq=False, kw_only=True)
class Hog(CellFeatures):
    """Histograms of oriented gradients: the directions of edges in each part of the image."""

    libraries: ClassVar[tuple[str, ...]] = ("skimage",)

    pixels_per_cell: int = 32
    cells_per_block: int = 2
    orientations: int = 9

    @property
    def width(self) -> int:
        """A histogram for each cell of each block; neighbouring blocks share cells."""
        blocks = self.image_size // self.pixels_per_cell - self.cells_per_block + 1
        if blocks < 1:
            raise InvalidOption(
                f"image_size must be at least {self.cells_per_block * self.pixels_per_cell}, the"
                f" side of a block; got {self.image_size}. Set a smaller pixels_per_cell."
            )
        return (blocks * self.cells_per_block) ** 2 * self.orientations

    def describe(self, image: np.ndarray) -> LocalDescriptors:
        """The histograms of each block of an image (s, s) uint8."""
        values = hog(
            image,
            orientations=self.orientations,
            pixels_per_cell=(self.pixels_per_cell,) * 2,
            cells_per_block=(self.cells_per_block,) * 2,
            feature_vector=False,
        )
        step = self.pixels_per_cell / len(image)
        return on_grid(values, step, self.cells_per_block * step)
