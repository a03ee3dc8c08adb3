"""A ROC curve as a function of the patients' weights: counts that are sorted once, for any weights.

`Ranking` gives the AUC alone, in less time: it is for all labels together, and for groups.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from evaluation.ranking import counts, cut, ordered, product
from evaluation.roc_steps import RocSteps


@dataclass(frozen=True)
class RocCounts:
    """A ROC curve for any weights of the patients, by its levels: scores that a positive has.

    `positives` (1 + levels, patients) counts a patient's positives of each level, scores rising,
    and `negatives` (1 + rows, patients) their negatives in rows of rising scores; both begin with
    an empty row. `lower` (levels,) is how many rows have lower scores than a level, and `upto` how
    many have scores that are no higher.
    """

    positives: csr_array
    negatives: csr_array
    lower: np.ndarray
    upto: np.ndarray

    def steps(self, weights: np.ndarray) -> RocSteps:
        """The ROC curve under each column of whole weights (patients, B)."""
        # With a replicate's sums next to each other, adding them up is several times faster.
        found, rejected = (
            np.ascontiguousarray(product(each, weights).T)
            for each in (self.positives, self.negatives)
        )
        return RocSteps.of(found, rejected, self.lower, self.upto)


def roc_counts(
    labels: np.ndarray, scores: np.ndarray, owners: np.ndarray, n_patients: int
) -> RocCounts:
    """The counts of one label's reported images, each of a patient's number in owners."""
    one = ordered(labels, scores, owners)
    _, firsts, sizes = np.unique(one.level, return_index=True, return_counts=True)
    lower, upto = one.lower[firsts], one.upto[firsts]
    if not len(firsts):
        # Without a positive, a level that nobody has, so that there always is one.
        sizes, lower, upto = (np.zeros(1, np.int64) for _ in range(3))
    rows = cut(np.concatenate([lower, upto, [len(one.negatives)]]))
    return RocCounts(
        counts(one.positives, np.concatenate([[0, 0], np.cumsum(sizes)]), n_patients),
        counts(one.negatives, np.append(0, rows), n_patients),
        np.searchsorted(rows, lower),
        np.searchsorted(rows, upto),
    )
