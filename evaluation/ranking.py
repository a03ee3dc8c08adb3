"""An AUC as a function of the patients' weights: sorted once, then computed for any weights.

All sums are of whole numbers, so they are exact in any order. Counts take 16 bits where no sum can
exceed them, because the time goes into moving memory.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

# With so few entries in a row, the weights of a draw stay far below the limit of 16 bits.
ENTRIES_A_ROW = 1024


@dataclass(frozen=True)
class Ranking:
    """An AUC for any weights of the patients.

    `negatives` (rows, patients) counts a patient's negatives in rows of rising scores, and
    `positives` (rows + 1, patients) their positives by the number of rows below them: once without
    the negatives of the same score, and once with them, so that a tie counts half.
    """

    positives: csr_array
    negatives: csr_array

    def aucs(self, weights: np.ndarray) -> np.ndarray:
        """AUC under each column of whole weights (patients, B), exact with ties; NaN: one class."""
        heaviest = int(weights.max(initial=0))
        wide = np.int32 if self.negatives.nnz * heaviest <= np.iinfo(np.int32).max else np.int64
        # With a replicate's sums next to each other, adding them up is several times faster.
        passed = np.zeros((weights.shape[1], self.negatives.shape[0] + 1), wide)
        below = product(self.negatives, weights).T
        np.cumsum(below, axis=1, dtype=wide, out=passed[:, 1:])
        above = product(self.positives, weights)
        won = np.einsum("rb,br->b", above, passed, dtype=float)
        with np.errstate(invalid="ignore"):
            return won / (above.sum(axis=0, dtype=float) * passed[:, -1])


class Ordered(NamedTuple):
    """Patients' numbers of positive and of negative images, scores rising, and for each positive:
    which score it has, how many negatives have a lower one, and how many one that is no higher.
    """

    positives: np.ndarray
    negatives: np.ndarray
    level: np.ndarray
    lower: np.ndarray
    upto: np.ndarray


def ordered(labels: np.ndarray, scores: np.ndarray, owners: np.ndarray) -> Ordered:
    """Reported labels in the order of their scores, each of a patient's number in owners."""
    reported = ~np.isnan(labels)
    values = scores[reported]
    order = np.argsort(values)
    values, positive = values[order], (labels[reported] == 1)[order]
    owners = owners[reported][order]
    del order
    firsts = np.flatnonzero(np.append(True, values[1:] != values[:-1])[: len(values)])
    ends = np.append(firsts, len(values))
    passed = np.append(0, np.cumsum(~positive, dtype=np.int64))[ends]
    level = np.searchsorted(firsts, np.flatnonzero(positive), "right") - 1
    return Ordered(owners[positive], owners[~positive], level, passed[level], passed[level + 1])


def ranking(labels: np.ndarray, scores: np.ndarray, owners: np.ndarray, n_patients: int) -> Ranking:
    """The ranking of reported labels by their scores, each of a patient's number in owners."""
    one = ordered(labels, scores, owners)
    lower, upto = one.lower, one.upto
    rows = cut(np.concatenate([lower, upto, [len(one.negatives)]]))
    below = np.searchsorted(rows, np.concatenate([lower, upto]))
    order = np.argsort(below, kind="stable")
    twice, starts = np.tile(one.positives, 2)[order], np.arange(len(rows) + 1)
    return Ranking(
        counts(twice, np.searchsorted(below[order], starts), n_patients),
        counts(one.negatives, rows, n_patients),
    )


def product(counted: csr_array, weights: np.ndarray) -> np.ndarray:
    """Sums (rows, B) of counts (rows, patients) under whole weights (patients, B)."""
    most = int(counted.sum(axis=1, dtype=np.int64).max(initial=0))
    narrow = most * int(weights.max(initial=0)) <= np.iinfo(np.int16).max
    return counted @ np.ascontiguousarray(weights, np.int16 if narrow else np.int64)


def cut(ends: np.ndarray) -> np.ndarray:
    """Where rows of entries end, from 0: at each of ends, and so that none is too long."""
    return np.union1d(ends, np.arange(0, ends[-1], ENTRIES_A_ROW))


def counts(owners: np.ndarray, ends: np.ndarray, n_patients: int) -> csr_array:
    """A row for each stretch of owners, with a 1 for each of them."""
    ones = np.ones(len(owners), np.int16)
    return csr_array((ones, owners, ends.astype(np.int32)), shape=(len(ends) - 1, n_patients))
