"""What every extractor offers, as types: the contract of a plug-in in `features/extractors/`."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Protocol, TypeGuard, runtime_checkable

import numpy as np

from features.preprocessing import Preprocessing


class Prepare(Protocol):
    """What happens to each image first; a dataclass, since its fields are part of the recipe."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    def __call__(self, plane: np.ndarray, /) -> np.ndarray:
        """The grey plane (h, w) uint8 as the extractor takes it."""


class Extractor(Protocol):
    """Turns grey images into features, a row of `width` numbers for each image."""

    @property
    def version(self) -> int:
        """A number to raise when the same options give other features."""

    @property
    def learns(self) -> bool:
        """Whether `fit` learns from training images."""

    @property
    def libraries(self) -> tuple[str, ...]:
        """Packages whose version may change the features."""

    @property
    def neutral(self) -> tuple[str, ...]:
        """Options that do not change the features, or that `content` covers."""

    @property
    def bytes_per_number(self) -> int:
        """Bytes of one feature in the cache: 4, or 1 for pixels."""

    @property
    def width(self) -> int:
        """Numbers per image."""

    @property
    def preprocessing(self) -> Prepare:
        """What happens to each image first."""

    def content(self) -> dict[str, str]:
        """What the features depend on besides options, version and preprocessing."""

    def get_params(self) -> dict[str, Any]:
        """The options, as in scikit-learn."""

    def transform(self, planes: Sequence[np.ndarray]) -> np.ndarray:
        """Features (n, width) of grey planes (h, w) uint8 of any size."""


class LearningExtractor(Extractor, Protocol):
    """An extractor that learns from a sample of the training images, such as a vocabulary."""

    seed: int
    sample_images: int
    learned_from_: np.ndarray

    def set_params(self, **params: Any) -> Any:
        """The extractor with other options, as in scikit-learn."""

    def fit(self, planes: Iterable[np.ndarray]) -> Any:
        """The extractor, fitted to grey planes (h, w) uint8; attributes it learns end in `_`."""


@runtime_checkable
class TakesBatches(Protocol):
    """Computes features of many preprocessed images in one call, as networks do."""

    def transform_images(self, images: np.ndarray) -> np.ndarray:
        """Features (n, width) of preprocessed images (n, size, size) uint8."""


class Network(Extractor, TakesBatches, Protocol):
    """A neural network as an extractor."""

    weights: str
    seed: int

    @property
    def preprocessing(self) -> Preprocessing:
        """What happens to each image first."""

    @property
    def backbone(self) -> Any:
        """The Keras model (n, size, size, 3) -> feature map, which Grad-CAM looks into."""

    def prepare(self, images: Any) -> Any:
        """What the backbone takes (n, size, size, 3), of images (n, size, size) uint8."""

    def set_params(self, **params: Any) -> Any:
        """The extractor with other options, as in scikit-learn."""

    @property
    def images_at_once(self) -> int:
        """The batch size that keeps every device busy."""


def learns(extractor: Extractor) -> TypeGuard[LearningExtractor]:
    """Whether an extractor must be fitted before it is used."""
    return extractor.learns


def is_network(extractor: Extractor) -> TypeGuard[Network]:
    """Whether an extractor takes preprocessed images in batches."""
    return isinstance(extractor, TakesBatches)


def prepare(extractor: Extractor, plane: np.ndarray) -> np.ndarray:
    """What a thread can compute for one image: its features, or the input of a network."""
    network = is_network(extractor)
    made = extractor.preprocessing(plane) if network else extractor.transform([plane])[0]
    return np.asarray(made)
