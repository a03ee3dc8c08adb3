"""The resized images themselves, on which whole networks are trained."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from features.image_features import ImageFeatures

__all__ = ["Pixels"]


@dataclass(repr=False, eq=False, kw_only=True)
class Pixels(ImageFeatures):
    """The resized images themselves, for classifiers that train on images."""

    dtype: ClassVar[Any] = np.uint8

    image_size: int = 224

    @property
    def width(self) -> int:
        """Numbers per image."""
        return self.image_size**2

    def row(self, image: np.ndarray) -> np.ndarray:
        """The pixels (width,) uint8 of a square image, row by row."""
        return image.ravel()
