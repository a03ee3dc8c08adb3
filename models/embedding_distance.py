"""How far images are from the training images: Mahalanobis distance of a block of features."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.linalg import eigh

# Directions are kept until they explain this share of the variance, but few of them, so that a
# bundle stays small, and each by several images.
EXPLAINED, MOST, IMAGES_EACH = 0.9, 64, 5
# Below it, of the total variance, a direction has none. Features may not vary at all.
LEAST_SHARE, LEAST_TOTAL = 1e-9, 1e-12


@dataclass(frozen=True)
class Spread:
    """How features vary: mean (d,), directions (r, d) float32, the variance along each (r,), and
    the variance of every other direction, which they share.
    """

    mean: np.ndarray
    directions: np.ndarray
    variances: np.ndarray
    rest: float

    @classmethod
    def of(cls, values: np.ndarray) -> Self:
        """The spread of features (n, d), by the principal components of n images."""
        n_images, width = values.shape
        mean = values.mean(axis=0, dtype=float)
        centred = values - mean
        variances, directions = _principal(centred)
        total = max(float(np.square(centred).sum()) / n_images, LEAST_TOTAL)
        explained = np.cumsum(variances) / total
        most = max(1, min(MOST, n_images // IMAGES_EACH, len(variances)))
        count = min(most, 1 + int(np.searchsorted(explained, EXPLAINED)))
        floor = LEAST_SHARE * total
        rest = (total - variances[:count].sum()) / max(1, width - count)
        return cls(
            mean.astype(np.float32),
            directions[:count].astype(np.float32),
            np.maximum(variances[:count], floor).astype(np.float32),
            float(max(rest, floor)),
        )

    def distances(self, values: np.ndarray) -> np.ndarray:
        """Distances (n,) of features (n, d) from the mean, divided by the root of d."""
        # Row by row, so that an image's distance does not depend on its neighbours.
        return np.array([self._distance(row) for row in values])

    def _distance(self, row: np.ndarray) -> float:
        centred = row.astype(np.float32) - self.mean
        along = self.directions @ centred
        # The difference of two squares would lose the digits of a small remainder.
        off = centred - along @ self.directions
        squared = float(np.square(along) @ (1 / self.variances)) + float(off @ off) / self.rest
        return float(np.sqrt(squared / len(row)))


def _principal(centred: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Variances (r,), the largest first, and directions (r, d) of centred features (n, d)."""
    n_images, width = centred.shape
    # Of the two products the smaller one has all that matters.
    wide = width > n_images
    product = centred @ centred.T if wide else centred.T @ centred
    size = len(product)
    squares, vectors = eigh(product, subset_by_index=(max(0, size - MOST), size - 1))
    squares, vectors = np.maximum(squares[::-1], 0), vectors[:, ::-1]
    if wide:
        lengths = np.sqrt(np.maximum(squares, np.finfo(float).tiny))
        vectors = (centred.T @ vectors) / lengths
    return squares / n_images, vectors.T
