"""Whether probabilities mean what they say: Brier score, calibration error, reliability curve.

Bins hold equally many films (equal mass), equal probabilities staying together: nearly all films
fall in the first of bins of equal width where a finding is as rare as most are here.
"""

from dataclasses import dataclass

import numpy as np

N_BINS = 10


@dataclass(frozen=True)
class Reliability:
    """Per bin: mean probability, share of positives and number of films, each (bins,)."""

    predicted: np.ndarray
    observed: np.ndarray
    images: np.ndarray


def brier(positive: np.ndarray, probabilities: np.ndarray) -> float:
    """Mean squared distance of probability and truth; NaN without a film."""
    return float(np.mean((probabilities - positive) ** 2)) if len(positive) else np.nan


def calibration_error(
    positive: np.ndarray, probabilities: np.ndarray, n_bins: int = N_BINS
) -> float:
    """Expected calibration error over bins of equal mass; NaN without a film."""
    if not len(positive):
        return np.nan
    curve = reliability(positive, probabilities, n_bins)
    return float(np.average(np.abs(curve.predicted - curve.observed), weights=curve.images))


def reliability(
    positive: np.ndarray, probabilities: np.ndarray, n_bins: int = N_BINS
) -> Reliability:
    """The reliability curve over at most n_bins bins of equal mass; needs a film."""
    edges = np.quantile(probabilities, np.arange(1, n_bins) / n_bins, method="higher")
    place = np.searchsorted(edges, probabilities, "right")
    images = np.bincount(place)
    kept = images > 0
    return Reliability(
        np.bincount(place, weights=probabilities)[kept] / images[kept],
        np.bincount(place, weights=positive)[kept] / images[kept],
        images[kept],
    )
