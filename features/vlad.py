"""VLAD: for each visual word, the sum of what its descriptors are away from it."""

from dataclasses import dataclass

import numpy as np

from features.local_descriptors import LocalDescriptors
from features.reduced_descriptors import ReducedEncoder
from features.visual_words import nearest, vocabulary


@dataclass(repr=False, eq=False, kw_only=True)
class Vlad(ReducedEncoder):
    """Vectors of locally aggregated descriptors; a subclass adds `describe`.

    Jegou et al., "Aggregating local image descriptors into compact codes" (2012): descriptors
    reduced by PCA, hard assignment to visual words, signed square root, length 1.
    """

    n_words: int = 64

    @property
    def least(self) -> int:
        """The minimum number of descriptors: one for each visual word and each direction."""
        return max(self.n_components, self.n_words)

    @property
    def width(self) -> int:
        """A shift of each number of each visual word."""
        return self.n_words * (self.n_components + 2 * self.position)

    def learn(self, descriptors: LocalDescriptors, images: list[np.ndarray]) -> None:
        """Learn PCA (`centre_`, `directions_`) and `words_` (n_words, d)."""
        self.words_ = vocabulary(self.learn_directions(descriptors), self.n_words, self.seed)

    def pushes(self, reduced: np.ndarray) -> np.ndarray:
        """How far each reduced descriptor is from its visual word, in its columns, (n, width)."""
        words, apart = self._apart(reduced)
        pushes = np.zeros((len(reduced), *self.words_.shape))
        pushes[np.arange(len(reduced)), words] = apart
        return pushes.reshape(len(reduced), -1)

    def total(self, reduced: np.ndarray) -> np.ndarray:
        """The sum (width,) of all pushes, without an array of each."""
        words, apart = self._apart(reduced)
        total = np.zeros(self.words_.shape)
        np.add.at(total, words, apart)
        return total.ravel()

    def _apart(self, reduced: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The visual word (n,) of each reduced descriptor, and the way from it (n, d)."""
        words = nearest(self.words_, reduced)
        return words, reduced - self.words_[words]
