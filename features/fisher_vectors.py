"""Fisher vectors: how the descriptors of an image deviate from a mixture learned in training."""

import warnings
from dataclasses import dataclass

import numpy as np
from scipy.special import softmax
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from features.local_descriptors import LocalDescriptors
from features.reduced_descriptors import ReducedEncoder

MAX_ROUNDS = 50
LEAST_VARIANCE = 1e-5


@dataclass(repr=False, eq=False, kw_only=True)
class FisherVectors(ReducedEncoder):
    """First and second moments of soft counts under a Gaussian mixture; a subclass adds `describe`.

    Perronnin, Sanchez and Mensink, "Improving the Fisher kernel" (2010): descriptors reduced by
    PCA, their position appended if asked, a diagonal mixture, signed square root, length 1.
    """

    n_gaussians: int = 32

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
        mixture = self._mixture(self.learn_directions(descriptors))
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

    def total(self, reduced: np.ndarray) -> np.ndarray:
        """The gradient (width,) of reduced descriptors, before its square root is taken."""
        soft = self.soft_counts(reduced)
        zeroth, first, second = soft.sum(axis=0)[:, None], soft.T @ reduced, soft.T @ reduced**2
        centred = first - zeroth * self.means_
        spread = second - 2 * first * self.means_ + zeroth * (self.means_**2 - self.spreads_**2)
        weight = np.sqrt(self.weights_)[:, None]
        by_mean = centred / (weight * self.spreads_)
        by_spread = spread / (weight * np.sqrt(2) * self.spreads_**2)
        return np.concatenate([by_mean.ravel(), by_spread.ravel()])

    def pushes(self, reduced: np.ndarray) -> np.ndarray:
        """The contribution of each reduced descriptor to the gradient, (n, width)."""
        soft = self.soft_counts(reduced) / np.sqrt(self.weights_)
        standard = (reduced[:, None] - self.means_) / self.spreads_
        by_mean = soft[:, :, None] * standard
        by_spread = soft[:, :, None] * (standard**2 - 1) / np.sqrt(2)
        return np.hstack([part.reshape(-1, self.means_.size) for part in (by_mean, by_spread)])
