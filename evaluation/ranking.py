"""An AUC as a function of the patients' weights: sorted once, then computed for any weights.

All sums are of whole numbers, so they are exact in any order. Counts take 16 bits where no sum can
exceed them, because the time goes into moving memory.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

# With so few entries in a row, the weights of a draw stay far below the limit of 16 bits.
ENTRIES_A_ROW = 1024
# Rows of the positives that are multiplied at once, which bounds the memory.
ROWS_AT_ONCE = 1 << 16


@dataclass(frozen=True)
class Ranking:
    """An AUC for any weights of the patients.

    `positives` (p, patients) counts a patient's positives in each of p rows of equal scores, and
    `negatives` (q, patients) their negatives, by rising score. Below the positives of a row lie the
    first `below` (p,) rows of negatives; up to `upto` (p,) come those that tie with it.
    """

    positives: csr_array
    negatives: csr_array
    below: np.ndarray
    upto: np.ndarray

    def aucs(self, weights: np.ndarray) -> np.ndarray:
        """AUC under each column of whole weights (patients, B), exact with ties; NaN: one class."""
        heaviest = int(weights.max(initial=0))
        narrow = ENTRIES_A_ROW * heaviest <= np.iinfo(np.int16).max
        weights = np.ascontiguousarray(weights, np.int16 if narrow else np.int64)
        wide = np.int32 if self.negatives.nnz * heaviest <= np.iinfo(np.int32).max else np.int64
        # With a replicate's sums next to each other, adding them up is several times faster.
        passed = np.zeros((weights.shape[1], self.negatives.shape[0] + 1), wide)
        passed[:, 1:] = (self.negatives @ weights).T
        np.cumsum(passed, axis=1, dtype=wide, out=passed)
        above = (self.positives @ weights).T
        won = np.zeros(weights.shape[1])
        for first in range(0, above.shape[1], ROWS_AT_ONCE):
            rows = slice(first, first + ROWS_AT_ONCE)
            # A negative at the positive's own score counts half: the mean of without and with it.
            both = np.take(passed, self.below[rows], axis=1).astype(float)
            both += np.take(passed, self.upto[rows], axis=1)
            won += np.einsum("bp,bp->b", above[:, rows].astype(float), both)
        with np.errstate(invalid="ignore"):
            return won / 2 / (above.sum(axis=1, dtype=float) * passed[:, -1])


def ranking(labels: np.ndarray, scores: np.ndarray, owners: np.ndarray, n_patients: int) -> Ranking:
    """The ranking of reported labels by their scores, each of a patient's number in owners."""
    reported = ~np.isnan(labels)
    values = scores[reported]
    order = np.argsort(values)
    values, positive = values[order], (labels[reported] == 1)[order]
    owners = owners[reported][order]
    del order
    firsts = np.flatnonzero(np.append(True, values[1:] != values[:-1])[: len(values)])
    # How many positives and negatives there are before each distinct score, and in all.
    positives, negatives = (
        np.append(0, np.cumsum(which, dtype=np.int64))[np.append(firsts, len(values))]
        for which in (positive, ~positive)
    )
    ends = _cut(positives)
    level = np.searchsorted(positives, ends[1:]) - 1
    rows = _cut(np.concatenate([negatives[level], negatives[level + 1], negatives[-1:]]))
    return Ranking(
        _counts(owners[positive], ends, n_patients),
        _counts(owners[~positive], rows, n_patients),
        np.searchsorted(rows, negatives[level]),
        np.searchsorted(rows, negatives[level + 1]),
    )


def _cut(ends: np.ndarray) -> np.ndarray:
    """Where rows of entries end, from 0: at each of ends, and so that none is too long."""
    return np.union1d(ends, np.arange(0, ends[-1], ENTRIES_A_ROW))


def _counts(owners: np.ndarray, ends: np.ndarray, n_patients: int) -> csr_array:
    """A row for each stretch of owners, with a 1 for each of them."""
    ones = np.ones(len(owners), np.int16)
    return csr_array((ones, owners, ends.astype(np.int32)), shape=(len(ends) - 1, n_patients))
