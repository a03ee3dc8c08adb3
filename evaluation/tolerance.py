"""Tolerance limits: bounds that few further values exceed, with a stated confidence."""

import numpy as np
from scipy.special import bdtr, nctdtrit, ndtri

# The share of further values that may exceed a limit, and how certain that is.
BEYOND, CONFIDENCE = 0.02, 0.95


def upper_limit(values: np.ndarray, beyond: float = BEYOND) -> float:
    """A bound that with 95 % confidence at most this share of further values exceeds.

    It is one of the values (n,), whatever their distribution, if there are enough of them (149 for
    2 %), otherwise that of a normal distribution, but no lower than the largest value, since tails
    may be heavier. A single value gives infinity.
    """
    n = len(values)
    within = bdtr(np.arange(n), n, 1 - beyond) >= CONFIDENCE
    if within.any():
        return float(np.sort(values)[np.argmax(within)])
    return _limit_of_few(values, beyond)


def _limit_of_few(values: np.ndarray, beyond: float) -> float:
    """That of normally distributed values, by the noncentral t distribution, or the largest."""
    n = len(values)
    if n < 2:
        return float("inf")
    shift = ndtri(1 - beyond) * np.sqrt(n)
    factor = nctdtrit(n - 1, shift, CONFIDENCE) / np.sqrt(n)
    return float(max(values.mean() + factor * values.std(ddof=1), values.max()))
