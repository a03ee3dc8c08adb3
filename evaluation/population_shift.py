"""How far values have moved from a reference: population stability index and Kolmogorov-Smirnov.

The reference is a histogram, so that none of its values has to be kept.
"""

from typing import NamedTuple, Self

import numpy as np
from scipy.special import kolmogorov

# Quantiles of the reference that bound its bins. Enough of them that the Kolmogorov-Smirnov
# distance, which is computed at these bounds, misses at most a fiftieth.
QUANTILES = np.linspace(0, 1, 51)[1:-1]
# The index takes neighbouring bins together until they hold this share of the reference.
SHARE = 0.1
# Counted in every bin besides the values, so that an empty one does not make the index infinite.
PSEUDOCOUNT = 0.5
# The conventional bound of the index for a large change.
LARGE = 0.25
LEVEL = 0.01


class Shift(NamedTuple):
    """How far n values moved: index, Kolmogorov-Smirnov distance, and p of no change."""

    psi: float
    ks: float
    p: float
    n: int


class Histogram(NamedTuple):
    """Upper bounds (b,) of bins, each within its own bin, and counts (b + 1,) of the reference."""

    bounds: np.ndarray
    counts: np.ndarray

    @classmethod
    def of(cls, values: np.ndarray) -> Self:
        """The histogram of a reference (n,); a value that many share has a bin of its own."""
        quantiles, counts = np.unique(np.quantile(values, QUANTILES), return_counts=True)
        below = np.nextafter(quantiles[counts > 1], -np.inf)
        bounds = np.unique(np.concatenate([quantiles, below]))
        return cls(bounds, cls(bounds, bounds).counted(values))

    def counted(self, values: np.ndarray) -> np.ndarray:
        """How many of the values (n,) are in each bin, (b + 1,)."""
        return np.bincount(self.places(values), minlength=len(self.bounds) + 1)

    def places(self, values: np.ndarray) -> np.ndarray:
        """The number of the bin of each value."""
        return np.searchsorted(self.bounds, values, side="left")

    def middle(self, counts: np.ndarray) -> tuple[float, str]:
        """The bound of the bin with the median of the counted values; and whether that is `or less`
        or `or more` than the bound, as in the outermost bins.
        """
        place = int(np.searchsorted(np.cumsum(counts), counts.sum() / 2))
        if place == len(self.bounds):
            return float(self.bounds[-1]), " or more"
        return float(self.bounds[place]), " or less" * (place == 0)

    def shift(self, counts: np.ndarray) -> Shift:
        """How far values, counted in the same bins, have moved from the reference."""
        ks = float(np.abs(_cumulated(counts) - _cumulated(self.counts)).max())
        n, m = int(counts.sum()), int(self.counts.sum())
        p = kolmogorov(ks * np.sqrt(n * m / (n + m)))
        return Shift(_index(self.counts, counts), ks, float(p), n)


def has_shifted(shift: Shift, n_tests: int) -> bool:
    """Whether a change is large, and not due to chance where so many quantities are looked at."""
    return shift.psi >= LARGE and shift.p < LEVEL / n_tests


def _index(reference: np.ndarray, counts: np.ndarray) -> float:
    """The population stability index of counts (b,) in the bins of a reference."""
    bins = _merged(reference)
    expected, found = (np.bincount(bins, each) + PSEUDOCOUNT for each in (reference, counts))
    expected, found = expected / expected.sum(), found / found.sum()
    return float(((found - expected) * np.log(found / expected)).sum())


def _cumulated(counts: np.ndarray) -> np.ndarray:
    return np.cumsum(counts) / counts.sum()


def _merged(counts: np.ndarray) -> np.ndarray:
    """The number of each bin once neighbours are merged; one that is large enough stays alone."""
    large, least = counts >= SHARE * counts.sum(), SHARE * counts.sum()
    numbers: list[int] = []
    number, held = 0, 0
    for count, alone in zip(counts, large, strict=True):
        if numbers and (alone or held >= least):
            number, held = number + 1, 0
        numbers.append(number)
        held += count
    return np.array(numbers)
