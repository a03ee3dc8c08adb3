"""The common part of extractors that turn each image into a row of numbers by themselves."""

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from features.preprocessing import Image, Preprocessing, several


@dataclass(repr=False, eq=False, kw_only=True)
class ImageFeatures(TransformerMixin, BaseEstimator):
    """A row for each preprocessed image, without learning; a subclass adds `row` and `width`."""

    version: ClassVar[int] = 1
    learns: ClassVar[bool] = False
    libraries: ClassVar[tuple[str, ...]] = ()
    neutral: ClassVar[tuple[str, ...]] = ()
    dtype: ClassVar[Any] = np.float32

    image_size: int = 256
    equalise: bool = False

    @property
    def bytes_per_number(self) -> int:
        """Bytes of one feature in the cache."""
        return np.dtype(self.dtype).itemsize

    @property
    def preprocessing(self) -> Preprocessing:
        """What happens to each image first."""
        return Preprocessing(self.image_size, self.equalise)

    @property
    @abstractmethod
    def width(self) -> int:
        """Numbers per image."""

    def content(self) -> dict[str, str]:
        """Nothing besides version, parameters and preprocessing."""
        return {}

    def fit(self, planes: Iterable[Image] = (), y: object = None) -> Self:
        """The extractor unchanged, because there is nothing to learn."""
        return self

    def transform(self, planes: Iterable[Image]) -> np.ndarray:
        """Features (n, width) of files, or of grey planes (h, w) uint8 of any size."""
        rows = [self.row(self.preprocessing(plane)) for plane in several(planes)]
        return np.array(rows, self.dtype).reshape(-1, self.width)

    @abstractmethod
    def row(self, image: np.ndarray) -> np.ndarray:
        """The features (width,) of a preprocessed image (image_size, image_size) uint8."""


def unit(values: np.ndarray) -> np.ndarray:
    """Values (d,) as float32 of Euclidean length 1; zeros stay zeros."""
    length = np.linalg.norm(values)
    return (values / length if length else values).astype(np.float32)
