"""A ROC curve as a function of the patients' weights: sorted once, then counted for any weights.

All sums are of whole numbers, so they are exact in any order. Counts take 16 bits where no sum can
exceed them, because the time goes into moving memory.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from evaluation.roc_steps import RocSteps

# With so few entries in a row, the weights of a draw stay far below the limit of 16 bits.
ENTRIES_A_ROW = 1024


@dataclass(frozen=True)
class Ranking:
    """A ROC curve for any weights of the patients, by its levels: scores that a positive has.

    `positives` (levels, patients) counts a patient's positives at each level, scores rising, and
    `negatives` (rows, patients) their negatives in rows of rising scores. `lower` (levels,) is how
    many rows have lower scores than a level, and `upto` how many have scores that are no higher.
    """

    positives: csr_array
    negatives: csr_array
    lower: np.ndarray
    upto: np.ndarray

    def steps(self, weights: np.ndarray) -> RocSteps:
        """The ROC curve under each column of whole weights (patients, B)."""
        heaviest = 2 * int(weights.max(initial=0))
        wide = np.int32 if self.negatives.nnz * heaviest <= np.iinfo(np.int32).max else np.int64
        # With a replicate's sums next to each other, adding them up is several times faster.
        passed = np.zeros((weights.shape[1], self.negatives.shape[0] + 1), wide)
        rows = product(self.negatives, weights).T
        np.cumsum(rows, axis=1, dtype=wide, out=passed[:, 1:])
        found = np.ascontiguousarray(product(self.positives, weights).T)
        below = passed.take(self.lower, axis=1)
        tied = (self.lower != self.upto).any()
        upto = passed.take(self.upto, axis=1) if tied else below
        return RocSteps(found, below, upto, passed[:, -1])

    def aucs(self, weights: np.ndarray) -> np.ndarray:
        """AUC under each column of whole weights (patients, B), exact with ties; NaN: one class."""
        return self.steps(weights).auc


def ranking(labels: np.ndarray, scores: np.ndarray, owners: np.ndarray, n_patients: int) -> Ranking:
    """The ranking of reported labels by their scores, each of a patient's number in owners."""
    reported = ~np.isnan(labels)
    values = scores[reported]
    order = np.argsort(values)
    values, positive = values[order], (labels[reported] == 1)[order]
    owners = owners[reported][order]
    del order
    firsts = np.flatnonzero(np.append(True, values[1:] != values[:-1])[: len(values)])
    ends = np.append(firsts, len(values))
    # How many negatives have a lower score than each level, and how many one that is no higher.
    passed = np.append(0, np.cumsum(~positive, dtype=np.int64))[ends]
    level = np.searchsorted(firsts, np.flatnonzero(positive), "right") - 1
    level, counts = np.unique(level, return_counts=True)
    lower, upto = passed[level], passed[level + 1]
    rows = _cut(np.concatenate([lower, upto, passed[-1:]]))
    return Ranking(
        _counts(owners[positive], np.append(0, np.cumsum(counts)), n_patients),
        _counts(owners[~positive], rows, n_patients),
        np.searchsorted(rows, lower),
        np.searchsorted(rows, upto),
    )


def product(counts: csr_array, weights: np.ndarray) -> np.ndarray:
    """Sums (rows, B) of counts (rows, patients) under whole weights (patients, B)."""
    most = int(counts.sum(axis=1, dtype=np.int64).max(initial=0))
    narrow = most * int(weights.max(initial=0)) <= np.iinfo(np.int16).max
    return counts @ np.ascontiguousarray(weights, np.int16 if narrow else np.int64)


def _cut(ends: np.ndarray) -> np.ndarray:
    """Where rows of entries end, from 0: at each of ends, and so that none is too long."""
    return np.union1d(ends, np.arange(0, ends[-1], ENTRIES_A_ROW))


def _counts(owners: np.ndarray, ends: np.ndarray, n_patients: int) -> csr_array:
    """A row for each stretch of owners, with a 1 for each of them."""
    ones = np.ones(len(owners), np.int16)
    return csr_array((ones, owners, ends.astype(np.int32)), shape=(len(ends) - 1, n_patients))
