"""How well probabilities are calibrated: Brier score, calibration error, reliability curve.

Bins hold equally many images (equal mass), and equal probabilities share a bin. With bins of equal
width, nearly all images would fall into the first one, because most findings are rare.
"""

from dataclasses import dataclass

import numpy as np

N_BINS = 10


@dataclass(frozen=True)
class Reliability:
    """Per bin: mean probability, share of positives and number of images, each (bins,)."""

    predicted: np.ndarray
    observed: np.ndarray
    images: np.ndarray


def brier(positive: np.ndarray, probabilities: np.ndarray) -> float:
    """Mean squared distance of probability and truth; NaN without images."""
    return float(np.mean((probabilities - positive) ** 2)) if len(positive) else np.nan


def calibration_error(
    positive: np.ndarray, probabilities: np.ndarray, n_bins: int = N_BINS
) -> float:
    """Expected calibration error over bins of equal mass; NaN without images."""
    if not len(positive):
        return np.nan
    curve = reliability(positive, probabilities, n_bins)
    return float(np.average(np.abs(curve.predicted - curve.observed), weights=curve.images))


def reliability(
    positive: np.ndarray, probabilities: np.ndarray, n_bins: int = N_BINS
) -> Reliability:
    """The reliability curve over at most n_bins bins of equal mass; needs an image."""
    edges = np.quantile(probabilities, np.arange(1, n_bins) / n_bins, method="higher")
    place = np.searchsorted(edges, probabilities, "right")
    images = np.bincount(place)
    kept = images > 0
    return Reliability(
        np.bincount(place, weights=probabilities)[kept] / images[kept],
        np.bincount(place, weights=positive)[kept] / images[kept],
        images[kept],
    )
