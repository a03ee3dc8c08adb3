"""The resized images themselves, on which whole networks are trained."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from features.preprocessing import Image, Preprocessing, several

__all__ = ["Pixels"]


@dataclass(repr=False, eq=False, kw_only=True)
class Pixels(TransformerMixin, BaseEstimator):
    """The resized images themselves, for classifiers that train on images."""

    version: ClassVar[int] = 1
    learns: ClassVar[bool] = False
    libraries: ClassVar[tuple[str, ...]] = ()
    neutral: ClassVar[tuple[str, ...]] = ()
    bytes_per_number: ClassVar[int] = 1

    image_size: int = 224
    equalise: bool = False

    @property
    def preprocessing(self) -> Preprocessing:
        """What happens to an image before it is stored."""
        return Preprocessing(self.image_size, self.equalise)

    @property
    def width(self) -> int:
        """Numbers per image."""
        return self.image_size**2

    def content(self) -> dict[str, str]:
        """Nothing besides version, parameters and preprocessing."""
        return {}

    def fit(self, planes: object = None, y: object = None) -> Self:
        """The extractor unchanged, because there is nothing to learn."""
        return self

    def transform(self, planes: Iterable[Image]) -> np.ndarray:
        """Pixels (n, size * size) uint8 of files, or of grey planes (h, w) uint8 of any size."""
        images = [self.preprocessing(plane).ravel() for plane in several(planes)]
        return np.array(images, np.uint8).reshape(-1, self.width)
