"""Local descriptors of an image, and the common part of extractors that encode them."""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from joblib import Parallel, delayed
from sklearn.utils.validation import check_is_fitted
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from errors import TooFewDescriptors
from features.image_features import ImageFeatures
from features.preprocessing import Image, several


@dataclass(frozen=True)
class LocalDescriptors:
    """Descriptors at n places of square images; lengths are fractions of the side."""

    values: np.ndarray  # (n, d) float32
    points: np.ndarray  # (n, 2) float32, x before y
    sizes: np.ndarray  # (n,) float32, diameters
    angles: np.ndarray  # (n,) float32, degrees

    def __len__(self) -> int:
        return len(self.values)

    @classmethod
    def none(cls, width: int) -> Self:
        """No descriptors, as in a blank image."""
        return cls(*(np.empty(shape, np.float32) for shape in ((0, width), (0, 2), (0,), (0,))))

    @classmethod
    def strongest(
        cls, keypoints: Sequence[Any], values: np.ndarray, side: int, at_most: int
    ) -> Self:
        """OpenCV's keypoints with their descriptors (n, d), the strongest first."""
        table = np.array([(*k.pt, k.size, k.angle, k.response) for k in keypoints], np.float32)
        x, y, size, angle, response = table.T
        # OpenCV keeps ties beyond its limit, in an order that depends on its threads.
        order = np.lexsort((angle, size, x, y, -response))[:at_most]
        return cls(values, table[:, :2] / side, size / side, angle).rows(order)

    @classmethod
    def joined(cls, several: Iterable[Self]) -> Self:
        """The descriptors of several images together."""
        parts = zip(*(each._parts for each in several), strict=True)
        return cls(*map(np.concatenate, parts))

    def rows(self, which: np.ndarray) -> Self:
        """A selection of the descriptors."""
        return type(self)(*(part[which] for part in self._parts))

    def sample(self, at_most: int, rng: np.random.Generator) -> Self:
        """At most this many of the descriptors, chosen at random."""
        if len(self) <= at_most:
            return self
        return self.rows(np.sort(rng.choice(len(self), at_most, replace=False)))

    @property
    def _parts(self) -> tuple[np.ndarray, ...]:
        return self.values, self.points, self.sizes, self.angles


def root_sift(values: np.ndarray) -> np.ndarray:
    """SIFT descriptors (n, 128) as RootSIFT, which turns Euclidean into Hellinger distance."""
    return np.sqrt(values / values.sum(axis=1, keepdims=True))


@dataclass(repr=False, eq=False, kw_only=True)
class LocalFeatures(ImageFeatures):
    """Features made of local descriptors, so that attribution has a place in the image."""

    # Side of the square that a descriptor covers, in diameters of its keypoint.
    window: ClassVar[float] = 1.0

    @abstractmethod
    def describe(self, image: np.ndarray) -> LocalDescriptors:
        """The local descriptors of a preprocessed image (image_size, image_size) uint8."""

    @abstractmethod
    def encode(self, descriptors: LocalDescriptors) -> np.ndarray:
        """The features (width,) float32 of one image from its descriptors, at least one."""

    @abstractmethod
    def shares(self, descriptors: LocalDescriptors, attribution: np.ndarray) -> np.ndarray:
        """What each descriptor contributes (k, n) to attributions (k, width) of an image."""

    def row(self, image: np.ndarray) -> np.ndarray:
        """The features (width,) float32 of a preprocessed image."""
        return self.encoded(self.describe(image))

    def encoded(self, descriptors: LocalDescriptors) -> np.ndarray:
        """The features (width,) float32 of one image; zeros without descriptors."""
        return self.encode(descriptors) if len(descriptors) else np.zeros(self.width, np.float32)


@dataclass(repr=False, eq=False, kw_only=True)
class LocalEncoder(LocalFeatures):
    """An extractor that learns to encode local descriptors from a sample of images."""

    learns: ClassVar[bool] = True
    libraries: ClassVar[tuple[str, ...]] = ("sklearn",)
    neutral: ClassVar[tuple[str, ...]] = ("n_jobs",)

    equalise: bool = True
    sample_images: int = 1000
    sample_descriptors: int = 200_000
    seed: int = 0
    n_jobs: int = 1

    @abstractmethod
    def learn(self, descriptors: LocalDescriptors, images: list[np.ndarray]) -> None:
        """Learn the encoding from sampled descriptors and their preprocessed images."""

    @property
    @abstractmethod
    def least(self) -> int:
        """The minimum number of descriptors to learn from."""

    def fit(self, planes: Iterable[Image] = (), y: object = None) -> Self:
        """The extractor, fitted to a random sample of files or grey planes."""
        rng = np.random.default_rng(self.seed)
        images = sample(several(planes), self.sample_images, rng, self.preprocessing)
        quota = self.sample_descriptors // max(1, len(images))
        described = Parallel(self.n_jobs, backend="threading")(map(delayed(self.describe), images))
        samples = [places.sample(quota, rng) for places in described]
        count = sum(map(len, samples))
        if count < self.least:
            raise TooFewDescriptors(
                f"{type(self).__name__} needs at least {self.least} descriptors to learn from;"
                f" {len(images)} images have {count}. Use more or larger images, or set a smaller"
                " n_words or n_gaussians."
            )
        # More threads would add up numbers in another order.
        with threadpool_limits(1):
            self.learn(LocalDescriptors.joined(samples), images)
        return self

    def transform(self, planes: Iterable[Image]) -> np.ndarray:
        """Features (n, width) float32 of files or grey planes; zeros without descriptors."""
        check_is_fitted(self)
        return super().transform(planes)


def sample(
    planes: Iterable[Image],
    size: int,
    rng: np.random.Generator,
    take: Callable[[Image], np.ndarray],
) -> list[np.ndarray]:
    """`take` of at most `size` planes, the same ones for a list and for a stream."""
    if isinstance(planes, Sequence | np.ndarray):
        # Images outside of the sample are not decoded.
        return [take(planes[place]) for place in reservoir(range(len(planes)), size, rng, int)]
    return reservoir(planes, size, rng, take)


def reservoir(
    items: Iterable[Any], size: int, rng: np.random.Generator, take: Callable[[Any], Any]
) -> list[Any]:
    """At most `size` items, each with the same chance, in one pass."""
    kept: list[Any] = []
    for seen, item in enumerate(items):
        place = seen if seen < size else int(rng.integers(seen + 1))
        if place < size:
            kept[place : place + 1] = [take(item)]
    return kept
