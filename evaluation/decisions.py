"""Counts and rates when every image at or above a threshold is called positive."""

from dataclasses import dataclass

import numpy as np

from errors import InvalidOption

NO_THRESHOLD = "the label has no threshold"
PARTLY = "{:,} of {:,} images with the finding were decided"


@dataclass(frozen=True)
class Decisions:
    """Counts of k labels over the images that report them, each (k,), or (B, k) of replicates."""

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
    def npv(self) -> np.ndarray:
        """Share of the images called negative that are negative, (k,); NaN where none is."""
        return _share(self.true_negatives, self.true_negatives + self.false_negatives)

    @property
    def f1(self) -> np.ndarray:
        """Harmonic mean of precision and recall, (k,); NaN where neither has any positive."""
        wrong = self.false_positives + self.false_negatives
        return _share(2 * self.true_positives, 2 * self.true_positives + wrong)

    @property
    def positive_likelihood_ratio(self) -> np.ndarray:
        """Sensitivity over 1 - specificity, (k,); infinite where no negative is called positive."""
        return _ratio(self.recall, 1 - self.specificity)

    @property
    def negative_likelihood_ratio(self) -> np.ndarray:
        """1 - sensitivity over specificity, (k,); infinite where no negative is called so."""
        return _ratio(1 - self.recall, self.specificity)

    @property
    def without_skill(self) -> "Decisions":
        """What to expect if as many images are called positive, but at random."""
        called = self.true_positives + self.false_positives
        positives = self.true_positives + self.false_negatives
        images = called + self.false_negatives + self.true_negatives
        found = called * positives / np.maximum(images, 1)
        return Decisions(
            found, called - found, positives - found, images - called - positives + found
        )


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


def undecided(labels: np.ndarray, thresholds: np.ndarray | None) -> tuple[str | None, ...]:
    """Why each label (n, k) has no figures at its thresholds, (k,) or (n, k); None if it has."""
    if thresholds is None:
        return (NO_THRESHOLD,) * labels.shape[1]
    chosen = np.broadcast_to(thresholds, labels.shape).T
    return tuple(_undecided(*each) for each in zip(labels.T == 1, ~np.isnan(chosen), strict=True))


def _undecided(positive: np.ndarray, decided: np.ndarray) -> str | None:
    n_decided, n_positive = np.count_nonzero(positive & decided), np.count_nonzero(positive)
    if not decided.any():
        return NO_THRESHOLD
    if n_decided < n_positive:
        return PARTLY.format(n_decided, n_positive)
    return None


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(np.shape(part), np.nan), where=whole > 0)


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return part / whole
