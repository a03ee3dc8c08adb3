"""ROC curves of B replicates at once, by their steps, and the figures read off them.

Between two neighbouring scores the curve is a straight line, so equal scores of both classes make a
slope, as in scikit-learn's AUC and in a drawn ROC curve. Specificity and sensitivity are read off
this line. Where it is vertical or horizontal, the better end counts.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True)
class RocSteps:
    """ROC curves by the scores that a positive has, rising; all counts are weighted images.

    `found` (B, levels) are positives of a score, `below` negatives of lower scores, and `upto`
    negatives of scores that are no higher. `negatives` (B,) are all.
    """

    found: np.ndarray
    below: np.ndarray
    upto: np.ndarray
    negatives: np.ndarray

    @property
    def without_skill(self) -> "RocSteps":
        """The curves of a score that is the same for all images."""
        positives, negatives = self.positives[:, None], self.negatives[:, None]
        return RocSteps(positives, np.zeros_like(negatives), negatives, self.negatives)

    @cached_property
    def positives(self) -> np.ndarray:
        """All positives, (B,)."""
        return self.found.sum(axis=1, dtype=float)

    @cached_property
    def called(self) -> np.ndarray:
        """Positives with a score or a higher one, (B, levels)."""
        return np.cumsum(self.found[:, ::-1], axis=1, dtype=float)[:, ::-1]

    @cached_property
    def auc(self) -> np.ndarray:
        """Chance that a positive is scored above a negative, ties counting half, (B,)."""
        won = np.einsum("bl,bl->b", self.found, self.below + self.upto, dtype=float)
        return _share(won, 2 * self.positives * self.negatives)

    @cached_property
    def average_precision(self) -> np.ndarray:
        """Precision averaged over the positives, equal scores together, (B,)."""
        all_called = self.called + (self.negatives[:, None] - self.below)
        # Without any image called the numerator is 0 as well.
        precision = self.called / np.maximum(all_called, 1)
        return _share(np.einsum("bl,bl->b", self.found, precision), self.positives)

    def sensitivity(self, specificity: float) -> np.ndarray:
        """The highest sensitivity at this specificity, (B,)."""
        least = _least(specificity, self.negatives)
        tied = self.upto - self.below
        # A level counts whole once enough negatives are below it; a tie counts in part.
        part = np.clip((self.upto - least) / np.maximum(tied, 1), 0, 1)
        share = np.where(tied > 0, part, self.below >= least)
        reached = np.einsum("bl,bl->b", self.found, share, dtype=float)
        return np.where(self.negatives > 0, _share(reached, self.positives), np.nan)

    def specificity(self, sensitivity: float) -> np.ndarray:
        """The highest specificity at this sensitivity, (B,)."""
        least = _least(sensitivity, self.positives)
        above = self.called - self.found
        here = (above < least) & (least <= self.called)
        part = (least - above) / np.maximum(self.found, 1)
        rejected = self.upto - (self.upto - self.below) * part
        kept = np.where(here, rejected, 0).sum(axis=1)
        return np.where(self.positives > 0, _share(kept, self.negatives), np.nan)

    def partial_auc(self, least_specificity: float) -> np.ndarray:
        """AUC over higher specificities alone, (B,), scaled so that 0.5 is chance and 1 perfect."""
        widest = 1 - least_specificity
        start = _least(least_specificity, self.negatives)
        whole = np.maximum(self.below - start, 0)
        # Of a tie, the triangle that lies beyond the start.
        first = np.clip(start, self.below, self.upto)
        slope = (self.upto - first) ** 2 / (2 * np.maximum(self.upto - self.below, 1))
        area = np.einsum("bl,bl->b", self.found, whole + slope, dtype=float)
        share = _share(area, self.positives * self.negatives)
        chance = widest**2 / 2
        return (1 + (share - chance) / (widest - chance)) / 2


def _least(share: float, of: np.ndarray) -> np.ndarray:
    """So many of these (B,), (B, 1): in floating point, 0.55 times 100 is a little more than 55."""
    return np.round(share * of, 6)[:, None]


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Part of a whole, NaN where there is none of it."""
    return np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
