"""Counts and rates when every image at or above a threshold is called positive."""

from dataclasses import dataclass

import numpy as np

from errors import InvalidOption


@dataclass(frozen=True)
class Decisions:
    """Counts of k labels over the images that report them, each (k,)."""

    true_positives: np.ndarray
    false_positives: np.ndarray
    false_negatives: np.ndarray
    true_negatives: np.ndarray

    @property
    def precision(self) -> np.ndarray:
        """Share of the images called positive that are positive, (k,); NaN where none is."""
        return _share(self.true_positives, self.true_positives + self.false_positives)

    @property
    def recall(self) -> np.ndarray:
        """Share of the positives that are called positive, (k,); NaN where there is none."""
        return _share(self.true_positives, self.true_positives + self.false_negatives)

    @property
    def specificity(self) -> np.ndarray:
        """Share of the negatives that are called negative, (k,); NaN where there is none."""
        return _share(self.true_negatives, self.true_negatives + self.false_positives)

    @property
    def f1(self) -> np.ndarray:
        """Harmonic mean of precision and recall, (k,); NaN where neither has any positive."""
        wrong = self.false_positives + self.false_negatives
        return _share(2 * self.true_positives, 2 * self.true_positives + wrong)


def decide(labels: np.ndarray, scores: np.ndarray, thresholds: np.ndarray) -> Decisions:
    """The decisions on scores (n, k) at thresholds (k,), or (n, k) where images have their own.

    An image whose label or threshold is NaN does not count.
    """
    if np.shape(thresholds) not in (labels.shape, labels.shape[1:]):
        raise InvalidOption(
            f"Every label needs its threshold; {labels.shape[1]} labels came with thresholds of"
            f" shape {np.shape(thresholds)}. Give one number for each label."
        )
    called = scores >= thresholds
    # NaN is neither 0 nor 1, so labels that are not reported count nowhere.
    known = np.where(np.isnan(thresholds), np.nan, labels)
    return Decisions(
        *(
            np.count_nonzero((known == truth) & (called == call), axis=0)
            for truth, call in ((1, True), (0, True), (1, False), (0, False))
        )
    )


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
