"""Bags of visual words: histograms over a vocabulary learned from training images."""

from dataclasses import dataclass

import numpy as np
from sklearn.cluster import MiniBatchKMeans

import checks
from features.local_descriptors import LocalDescriptors, LocalEncoder

WEIGHTINGS = ("hellinger", "tfidf")


@dataclass(repr=False, eq=False, kw_only=True)
class VisualWords(LocalEncoder):
    """Counts of visual words in the cells of an image; a subclass adds `describe`.

    `pyramid` (1, 2) counts over the whole image and over its 2 x 2 quarters. `hellinger` takes the
    square root of frequencies; `tfidf` gives more weight to rare visual words.
    """

    n_words: int = 512
    weighting: str = "hellinger"
    pyramid: tuple[int, ...] = (1,)

    @property
    def least(self) -> int:
        """The minimum number of descriptors: one for each visual word."""
        return self.n_words

    @property
    def width(self) -> int:
        """One number for each visual word in each cell of the pyramid."""
        return self.n_words * sum(side * side for side in self.pyramid)

    def learn(self, descriptors: LocalDescriptors, images: list[np.ndarray]) -> None:
        """Learn `words_` (n_words, d) from descriptors and `rarity_` (width,) from images."""
        checks.one_of("weighting", self.weighting, WEIGHTINGS)
        self.words_ = vocabulary(descriptors.values, self.n_words, self.seed)
        if self.weighting == "tfidf":
            present = sum((self.counts(self.describe(image)) > 0).astype(int) for image in images)
            self.rarity_ = np.log((1 + len(images)) / (1 + present)) + 1

    def words(self, values: np.ndarray) -> np.ndarray:
        """The visual word (n,) nearest to each descriptor (n, d)."""
        return nearest(self.words_, values)

    def columns(self, descriptors: LocalDescriptors) -> np.ndarray:
        """The column that each descriptor adds to, for each level of the pyramid, (levels, n)."""
        words = self.words(descriptors.values)
        starts = np.cumsum([0, *(side * side for side in self.pyramid[:-1])])
        cells = [
            start + _cells(descriptors.points, side)
            for start, side in zip(starts, self.pyramid, strict=True)
        ]
        return np.array(cells) * self.n_words + words

    def counts(self, descriptors: LocalDescriptors) -> np.ndarray:
        """How often each visual word occurs in each cell of the pyramid, (width,)."""
        return np.bincount(self.columns(descriptors).ravel(), minlength=self.width)

    def shares(self, descriptors: LocalDescriptors, attribution: np.ndarray) -> np.ndarray:
        """What each descriptor contributes (k, n) to attributions (k, width).

        The descriptors of a visual word share its attribution evenly. The attribution of a visual
        word that the image lacks belongs to no descriptor.
        """
        columns = self.columns(descriptors)
        each = attribution / np.maximum(self.counts(descriptors), 1)
        return each[:, columns].sum(axis=1)

    def encode(self, descriptors: LocalDescriptors) -> np.ndarray:
        """The weighted histogram (width,) float32, of Euclidean length 1."""
        counts = self.counts(descriptors).astype(np.float32)
        weighted = np.sqrt(counts) if self.weighting == "hellinger" else counts * self.rarity_
        return (weighted / np.linalg.norm(weighted)).astype(np.float32)


def vocabulary(values: np.ndarray, n_words: int, seed: int) -> np.ndarray:
    """Visual words (n_words, d) float32: the centres of clusters of descriptors (n, d)."""
    means = MiniBatchKMeans(n_words, batch_size=4096, n_init=3, random_state=seed).fit(values)
    return means.cluster_centers_.astype(np.float32)


def nearest(words: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The visual word (n,) nearest to each descriptor (n, d)."""
    squares = np.einsum("wd,wd->w", words, words)
    return np.argmin(squares - 2 * values @ words.T, axis=1)


def _cells(points: np.ndarray, side: int) -> np.ndarray:
    """The cell (n,) of each point (n, 2) in a grid of side x side cells."""
    column, row = np.clip((points * side).astype(int), 0, side - 1).T
    return row * side + column
