"""Fisher vectors: how the descriptors of an image deviate from a mixture learned in training."""

import warnings
from dataclasses import dataclass

import numpy as np
from scipy.special import softmax
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from errors import InvalidOption
from features.local_descriptors import LocalDescriptors, LocalEncoder

MAX_ROUNDS = 50
LEAST_VARIANCE = 1e-5


@dataclass(repr=False, eq=False, kw_only=True)
class FisherVectors(LocalEncoder):
    """First and second moments of soft counts under a Gaussian mixture; a subclass adds `describe`.

    Perronnin, Sanchez and Mensink, "Improving the Fisher kernel" (2010): descriptors reduced by
    PCA, their position appended if asked, a diagonal mixture, signed square root, length 1.
    """

    n_components: int = 48
    n_gaussians: int = 32
    position: bool = True

    @property
    def least(self) -> int:
        """The minimum number of descriptors: one for each Gaussian and each direction."""
        return max(self.n_components, self.n_gaussians)

    @property
    def width(self) -> int:
        """A shift of the mean and of the variance for each number of each Gaussian."""
        return 2 * self.n_gaussians * (self.n_components + 2 * self.position)

    def learn(self, descriptors: LocalDescriptors, images: list[np.ndarray]) -> None:
        """Learn PCA (`centre_`, `directions_`) and mixture (`weights_`, `means_`, `spreads_`)."""
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
        mixture = self._mixture(self.reduce(descriptors))
        self.weights_, self.means_ = mixture.weights_, mixture.means_
        self.spreads_ = np.sqrt(mixture.covariances_)

    def _mixture(self, reduced: np.ndarray) -> GaussianMixture:
        mixture = GaussianMixture(
            self.n_gaussians,
            covariance_type="diag",
            random_state=self.seed,
            max_iter=MAX_ROUNDS,
            reg_covar=LEAST_VARIANCE,
        )
        with warnings.catch_warnings():
            # A mixture that has not quite converged, or has fewer peaks, works as well.
            warnings.simplefilter("ignore", ConvergenceWarning)
            # In float32 equal descriptors, as in black corners, can get a negative variance.
            return mixture.fit(reduced.astype(np.float64))

    def reduce(self, descriptors: LocalDescriptors) -> np.ndarray:
        """Descriptors along the learned directions, with their position if asked, (n, d)."""
        reduced = (descriptors.values - self.centre_) @ self.directions_
        return np.hstack([reduced, descriptors.points]) if self.position else reduced

    def soft_counts(self, reduced: np.ndarray) -> np.ndarray:
        """The share of each Gaussian in each reduced descriptor, (n, n_gaussians)."""
        precisions = self.spreads_**-2
        distances = (
            reduced**2 @ precisions.T
            - 2 * reduced @ (self.means_ * precisions).T
            + (self.means_**2 * precisions).sum(axis=1)
        )
        scale = np.log(self.weights_) - np.log(self.spreads_).sum(axis=1)
        return softmax(scale - distances / 2, axis=1)

    def gradient(self, reduced: np.ndarray) -> np.ndarray:
        """The gradient (width,) of reduced descriptors, before its square root is taken.

        It is a sum over descriptors, so the share of some of them is the gradient of those alone.
        """
        soft = self.soft_counts(reduced)
        zeroth, first, second = soft.sum(axis=0)[:, None], soft.T @ reduced, soft.T @ reduced**2
        centred = first - zeroth * self.means_
        spread = second - 2 * first * self.means_ + zeroth * (self.means_**2 - self.spreads_**2)
        weight = np.sqrt(self.weights_)[:, None]
        by_mean = centred / (weight * self.spreads_)
        by_spread = spread / (weight * np.sqrt(2) * self.spreads_**2)
        return np.concatenate([by_mean.ravel(), by_spread.ravel()])

    def shares(self, descriptors: LocalDescriptors, attribution: np.ndarray) -> np.ndarray:
        """What each descriptor contributes (k, n) to attributions (k, width).

        A column's attribution goes to the descriptors that moved it in its own direction, in
        proportion to how far each did. If those against it counted too, shares of a column in
        which they nearly cancel would be many times the whole.
        """
        reduced = self.reduce(descriptors).astype(float)
        pushes = self.pushes(reduced)
        along = np.maximum(pushes * np.sign(pushes.sum(axis=0)), 0)
        total = along.sum(axis=0)
        return (
            np.divide(attribution, total, out=np.zeros(attribution.shape), where=total > 0)
            @ along.T
        )

    def pushes(self, reduced: np.ndarray) -> np.ndarray:
        """The contribution of each reduced descriptor to the gradient, (n, width)."""
        soft = self.soft_counts(reduced) / np.sqrt(self.weights_)
        standard = (reduced[:, None] - self.means_) / self.spreads_
        by_mean = soft[:, :, None] * standard
        by_spread = soft[:, :, None] * (standard**2 - 1) / np.sqrt(2)
        return np.hstack([part.reshape(-1, self.means_.size) for part in (by_mean, by_spread)])

    def encode(self, descriptors: LocalDescriptors) -> np.ndarray:
        """The Fisher vector (width,) float32, of Euclidean length 1."""
        gradient = self.gradient(self.reduce(descriptors))
        powered = np.sign(gradient) * np.sqrt(np.abs(gradient))
        return (powered / np.linalg.norm(powered)).astype(np.float32)
