"""Descriptors reduced by PCA, and what encodings share that sum over them."""

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from errors import InvalidOption
from features.image_features import unit
from features.local_descriptors import LocalDescriptors, LocalEncoder


@dataclass(repr=False, eq=False, kw_only=True)
class ReducedEncoder(LocalEncoder):
    """A sum over descriptors, its signed square root, of length 1; a subclass adds `pushes`."""

    n_components: int = 48
    position: bool = True

    def learn_directions(self, descriptors: LocalDescriptors) -> np.ndarray:
        """Learn PCA (`centre_`, `directions_`); returns the reduced descriptors."""
        length = descriptors.values.shape[1]
        if self.n_components > length:
            raise InvalidOption(
                f"n_components must be at most {length}, the length of a descriptor; got"
                f" {self.n_components}. Choose a smaller number."
            )
        self.centre_ = descriptors.values.mean(axis=0)
        # Eigenvalues ascend, so the directions of most variance come last.
        _, directions = np.linalg.eigh(np.cov(descriptors.values.T))
        self.directions_ = directions[:, : -self.n_components - 1 : -1].astype(np.float32)
        return self.reduce(descriptors)

    def reduce(self, descriptors: LocalDescriptors) -> np.ndarray:
        """Descriptors along the learned directions, with their position if asked, (n, d)."""
        reduced = (descriptors.values - self.centre_) @ self.directions_
        return np.hstack([reduced, descriptors.points]) if self.position else reduced

    @abstractmethod
    def pushes(self, reduced: np.ndarray) -> np.ndarray:
        """The contribution of each reduced descriptor to the sum, (n, width)."""

    def total(self, reduced: np.ndarray) -> np.ndarray:
        """The sum (width,) over reduced descriptors, before its square root is taken."""
        return self.pushes(reduced).sum(axis=0)

    def shares(self, descriptors: LocalDescriptors, attribution: np.ndarray) -> np.ndarray:
        """What each descriptor contributes (k, n) to attributions (k, width).

        A column's attribution goes to the descriptors that moved it in its own direction, in
        proportion to how far each did. If those against it counted too, shares of a column in
        which they nearly cancel would be many times the whole.
        """
        pushes = self.pushes(self.reduce(descriptors).astype(float))
        along = np.maximum(pushes * np.sign(pushes.sum(axis=0)), 0)
        total = along.sum(axis=0)
        return (
            np.divide(attribution, total, out=np.zeros(attribution.shape), where=total > 0)
            @ along.T
        )

    def encode(self, descriptors: LocalDescriptors) -> np.ndarray:
        """The features (width,) float32, of Euclidean length 1."""
        total = self.total(self.reduce(descriptors))
        return unit(np.sign(total) * np.sqrt(np.abs(total)))
