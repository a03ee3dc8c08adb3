"""What is counted of exclusive classes, for B replicates at once, and figures of these counts."""

from dataclasses import dataclass

import numpy as np

from evaluation.auc import macro


@dataclass(frozen=True)
class ClassEvidence:
    """Decisions, rankings and confidence of B replicates of images that have one of c classes.

    `confusion` (B, c, c) counts images, with a row for the true class and a column for the one
    chosen. `pair_aucs` (B, c (c - 1)) are AUCs of one class among it and another, and `confidence`
    (B,) sums the probabilities of the class chosen.
    """

    confusion: np.ndarray
    pair_aucs: np.ndarray
    confidence: np.ndarray

    @property
    def without_skill(self) -> "ClassEvidence":
        """What to expect if each class is chosen as often, but at random."""
        rows, columns, images = self._rows, self._columns, self._images[:, None, None]
        expected = rows[:, :, None] * columns[:, None, :] / np.maximum(images, 1)
        right = np.einsum("bii->b", expected)
        return ClassEvidence(expected, np.where(np.isnan(self.pair_aucs), np.nan, 0.5), right)

    @property
    def accuracy(self) -> np.ndarray:
        """Share of images whose class is chosen, (B,)."""
        return _share(self._right.sum(axis=1), self._images)

    @property
    def balanced_accuracy(self) -> np.ndarray:
        """Mean over classes of the share of their images that are called so, (B,)."""
        return macro(_share(self._right, self._rows))

    @property
    def macro_f1(self) -> np.ndarray:
        """Mean over classes of F1, (B,); 0 for a class that is never chosen rightly."""
        return macro(_share(2 * self._right, self._rows + self._columns))

    @property
    def kappa(self) -> np.ndarray:
        """Cohen's kappa: agreement beyond chance as a share of the most that is possible, (B,)."""
        chance = _share((self._rows * self._columns).sum(axis=1), self._images**2)
        return _share(self.accuracy - chance, 1 - chance)

    @property
    def one_vs_one_auc(self) -> np.ndarray:
        """Mean AUC over ordered pairs of classes that have images, by Hand and Till, (B,)."""
        return macro(self.pair_aucs)

    @property
    def overconfidence(self) -> np.ndarray:
        """Mean probability of the class chosen, less accuracy, (B,)."""
        return _share(self.confidence, self._images) - self.accuracy

    @property
    def _right(self) -> np.ndarray:
        return np.einsum("bii->bi", self.confusion)

    @property
    def _rows(self) -> np.ndarray:
        return self.confusion.sum(axis=2)

    @property
    def _columns(self) -> np.ndarray:
        return self.confusion.sum(axis=1)

    @property
    def _images(self) -> np.ndarray:
        return self.confusion.sum(axis=(1, 2))


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(np.shape(part), np.nan), where=whole > 0)
