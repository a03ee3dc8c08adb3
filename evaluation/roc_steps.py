"""ROC curves of B replicates at once, by their steps, and the figures read off them.

Between two neighbouring scores the curve is a straight line, so equal scores of both classes make a
slope, as in scikit-learn's AUC and in a drawn ROC curve. Specificity and sensitivity are read off
this line. Where it is vertical or horizontal, the better end counts.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np


class Place(NamedTuple):
    """A place on each curve, each (B,): the first level at or above it, and what lies above."""

    level: np.ndarray
    found: np.ndarray


@dataclass(frozen=True)
class RocSteps:
    """ROC curves by the scores that a positive has, rising; all counts are weighted images.

    `found` (B, 1 + levels) are the positives of a level, after a 0. `passed` are positives that
    have been passed by then, (B, 1 + levels), and `rejected` negatives, (B, 1 + rows): both go on
    adding from one replicate to the next, so that a place in all replicates is found in one search.
    `lower` and `upto` (levels,) are how many rows lie below a level, and below or in it.
    """

    found: np.ndarray
    passed: np.ndarray
    rejected: np.ndarray
    lower: np.ndarray
    upto: np.ndarray

    @classmethod
    def of(
        cls, found: np.ndarray, rejected: np.ndarray, lower: np.ndarray, upto: np.ndarray
    ) -> "RocSteps":
        """From positives of each level and negatives of each row, with a first column of 0."""
        return cls(found, _running(found), _running(rejected), lower, upto)

    @property
    def without_skill(self) -> "RocSteps":
        """The curves of a score that is the same for all images."""
        found, rejected = (
            np.column_stack([np.zeros(len(each)), each]).astype(np.int64)
            for each in (self.positives, self.negatives)
        )
        return RocSteps.of(found, rejected, np.array([0]), np.array([1]))

    @cached_property
    def positives(self) -> np.ndarray:
        """All positives, (B,)."""
        return (self.passed[:, -1] - self.passed[:, 0]).astype(float)

    @cached_property
    def negatives(self) -> np.ndarray:
        """All negatives, (B,)."""
        return (self.rejected[:, -1] - self.rejected[:, 0]).astype(float)

    @cached_property
    def tied(self) -> bool:
        """Whether any score is that of a positive and of a negative."""
        return bool((self.lower != self.upto).any())

    @cached_property
    def below(self) -> np.ndarray:
        """Negatives with lower scores than each level, (B, levels), all those before added."""
        return self.rejected.take(self.lower, axis=1)

    @cached_property
    def auc(self) -> np.ndarray:
        """Chance that a positive is scored above a negative, ties counting half, (B,)."""
        found, before = self.found[:, 1:], 2 * self.rejected[:, 0]
        sums = np.einsum("bl,bl->b", found, self.below, dtype=float)
        upto = self.rejected.take(self.upto, axis=1) if self.tied else None
        sums += sums if upto is None else np.einsum("bl,bl->b", found, upto, dtype=float)
        return _share(sums - before * self.positives, 2 * self.positives * self.negatives)

    @cached_property
    def average_precision(self) -> np.ndarray:
        """Precision averaged over the positives, equal scores together, (B,)."""
        called = self.passed[:, -1:] - self.passed[:, :-1]
        images = called + (self.rejected[:, -1:] - self.below)
        # Where no image is called, nothing is found either.
        np.maximum(images, 1, out=images)
        precision = called / images
        return _share(
            np.einsum("bl,bl->b", self.found[:, 1:], precision, dtype=float), self.positives
        )

    def sensitivity(self, specificity: float) -> np.ndarray:
        """The highest sensitivity at this specificity, (B,)."""
        reached = self._at(_so_many(specificity, self.negatives)).found
        return np.where(self.negatives > 0, _share(reached, self.positives), np.nan)

    def specificity(self, sensitivity: float) -> np.ndarray:
        """The highest specificity at this sensitivity, (B,)."""
        least = _so_many(sensitivity, self.positives)
        most = self.passed[:, -1] - np.ceil(least).astype(self.passed.dtype)
        level = np.minimum(self._search(self.passed, most, "right") - 1, len(self.lower) - 1)
        replicates = np.arange(len(level))
        above = self.passed[:, -1] - self.passed[replicates, level + 1]
        part = (least - above) / np.maximum(self.found[replicates, level + 1], 1)
        low, high = self._ends(level)
        kept = high - (high - low) * part
        return np.where(self.positives > 0, _share(kept, self.negatives), np.nan)

    def partial_auc(self, least_specificity: float) -> np.ndarray:
        """AUC over higher specificities alone, (B,), scaled so that 0.5 is chance and 1 perfect."""
        widest = 1 - least_specificity
        start = _so_many(least_specificity, self.negatives)
        level, reached = self._at(start)
        first = int(level.min())
        inside = np.arange(first, len(self.lower)) >= level[:, None]
        found = np.where(inside, self.found[:, first + 1 :], 0)
        whole = self.passed[:, -1] - self.passed[np.arange(len(level)), level]
        area = np.einsum("bl,bl->b", found, self.below[:, first:], dtype=float)
        area -= (start + self.rejected[:, 0]) * whole
        if self.tied:
            ties = self.rejected.take(self.upto[first:], axis=1) - self.below[:, first:]
            area += np.einsum("bl,bl->b", found, ties, dtype=float) / 2
            # Of the tie that the start lies in, a triangle.
            high = self._ends(level - 1)[1]
            area += (reached - whole) * np.maximum(high - start, 0) / 2
        share = _share(area, self.positives * self.negatives)
        chance = widest**2 / 2
        return (1 + (share - chance) / (widest - chance)) / 2

    def _at(self, least: np.ndarray) -> Place:
        """Where at least so many negatives (B,) are rejected, and the positives that are not."""
        before = self.rejected[:, 0]
        wanted = before + np.ceil(least).astype(before.dtype)
        level = np.searchsorted(self.lower, self._search(self.rejected, wanted, "left"))
        found = (self.passed[:, -1] - self.passed[np.arange(len(level)), level]).astype(float)
        if self.tied:
            low, high = self._ends(level - 1)
            part = np.clip((high - least) / np.maximum(high - low, 1), 0, 1)
            own = np.where(level > 0, self.found[np.arange(len(level)), level], 0)
            found += own * np.where(high > low, part, 0)
        return Place(level, found)

    def _ends(self, level: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Negatives below a level (B,), and those below or in it, each (B,)."""
        replicates, before = np.arange(len(level)), self.rejected[:, 0]
        rows = self.lower[level], self.upto[level]
        low, high = (self.rejected[replicates, each] - before for each in rows)
        return low, high

    def _search(self, running: np.ndarray, values: np.ndarray, side: Any) -> np.ndarray:
        """Where each replicate's value (B,) belongs in its row of running sums, (B,)."""
        width = running.shape[1]
        places = np.searchsorted(running.ravel(), values, side) - width * np.arange(len(values))
        return np.clip(places, 0, width - 1)


def _running(counts: np.ndarray) -> np.ndarray:
    """Sums over all that goes before, row after row, in 32 bits where they fit."""
    most = counts.size * int(counts.max(initial=0))
    wide = np.int32 if most <= np.iinfo(np.int32).max else np.int64
    return np.cumsum(counts.ravel(), dtype=wide).reshape(counts.shape)


def _so_many(share: float, of: np.ndarray) -> np.ndarray:
    """So many of these (B,): in floating point, 0.55 times 100 is a little more than 55."""
    return np.round(share * of, 6)


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Part of a whole, NaN where there is none of it."""
    return np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
