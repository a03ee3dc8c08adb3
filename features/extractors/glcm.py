"""GLCM: how often two grey levels lie side by side, and Haralick's measures of it."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from skimage.feature import graycomatrix, graycoprops

from features.image_features import ImageFeatures

__all__ = ["Glcm"]

ANGLES = (0.0, np.pi / 4, np.pi / 2, 3 * np.pi / 4)
MEASURES = ("contrast", "dissimilarity", "homogeneity", "energy", "correlation", "entropy")


@dataclass(repr=False, eq=False, kw_only=True)
class Glcm(ImageFeatures):
    """Haralick's texture measures of grey-level co-occurrence, over the whole image."""

    libraries: ClassVar[tuple[str, ...]] = ("skimage",)

    image_size: int = 512
    levels: int = 32
    distances: tuple[int, ...] = (1, 2, 4, 8)

    @property
    def width(self) -> int:
        """Mean and standard deviation over directions of each measure at each distance."""
        return 2 * len(MEASURES) * len(self.distances)

    def row(self, image: np.ndarray) -> np.ndarray:
        """The measures (width,) of an image (s, s) uint8, each from -1 to 1."""
        grey = (image.astype(np.uint16) * self.levels // 256).astype(np.uint8)
        pairs = graycomatrix(grey, self.distances, ANGLES, self.levels, symmetric=True, normed=True)
        measures = np.stack([graycoprops(pairs, name) for name in MEASURES])
        # The mean of squares grows with the square of the number of levels.
        measures[0] = np.sqrt(measures[0])
        largest = [self.levels - 1, self.levels - 1, 1, 1, 1, 2 * np.log(self.levels)]
        scaled = measures / np.array(largest)[:, None, None]
        return np.stack([scaled.mean(axis=2), scaled.std(axis=2)]).ravel()
