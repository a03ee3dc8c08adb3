"""DeLong's variance and paired test of AUCs, for independent images, in O(n log n).

DeLong, DeLong and Clarke-Pearson (1988); the components by midranks after Sun and Xu (2014).
Images of one patient are not independent, which the bootstrap over patients accounts for.
"""

import math
from statistics import NormalDist

import numpy as np

from evaluation.auc import auc


def variance(positive: np.ndarray, scores: np.ndarray) -> float:
    """Variance of an AUC; NaN below two images of a class."""
    return sum(map(_variance_of_mean, _components(positive, scores)))


def interval(positive: np.ndarray, scores: np.ndarray) -> list[float] | None:
    """95 % Wald interval of an AUC, cut to [0, 1]; None below two images of a class.

    None also where the variance is 0: a perfect ranking does not make the AUC certain.
    """
    half = NormalDist().inv_cdf(0.975) * math.sqrt(variance(positive, scores))
    if not half > 0:
        return None
    middle = auc(positive, scores)
    return [max(0.0, middle - half), min(1.0, middle + half)]


def p_value(positive: np.ndarray, first: np.ndarray, second: np.ndarray) -> float:
    """Two-sided p of no difference in AUC: 1 for equal rankings, NaN where no variance is known."""
    if positive.all() or not positive.any():
        return math.nan
    pairs = zip(_components(positive, first), _components(positive, second), strict=True)
    # From differences, not from var + var - 2 cov, so that equal rankings leave exactly 0.
    differences = [one - other for one, other in pairs]
    if not any(values.any() for values in differences):
        return 1.0
    spread = sum(map(_variance_of_mean, differences))
    if not spread > 0:
        return math.nan
    return math.erfc(abs(float(differences[0].mean())) / math.sqrt(2 * spread))


def _components(positive: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each positive the share of negatives below it; for each negative that of positives above.

    The mean of either is the AUC.
    """
    order = np.argsort(scores)
    positive, scores = positive[order], scores[order]
    firsts = np.flatnonzero(np.append(True, scores[1:] != scores[:-1])[: len(scores)])
    ends = np.append(firsts, len(scores))
    level = np.repeat(np.arange(len(firsts)), np.diff(ends))
    # How many of the other class are below each score: all of lower ones, and half of those equal.
    negatives, positives = (
        (passed[:-1] + passed[1:]) / 2
        for passed in (np.append(0, np.cumsum(which))[ends] for which in (~positive, positive))
    )
    back = np.empty_like(order)
    back[order] = np.arange(len(order))
    above = negatives[level][back][positive[back]]
    below = (np.count_nonzero(positive) - positives)[level][back][~positive[back]]
    return above / max(len(below), 1), below / max(len(above), 1)


def _variance_of_mean(values: np.ndarray) -> float:
    return float(values.var(ddof=1)) / len(values) if len(values) > 1 else math.nan
