"""A model's probabilities, checked, and aligned with the images of another model."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from errors import BadScores
from evaluation.aligning import check_ids, columns_of, rows_of

NAMED_ROWS = 5


@dataclass(frozen=True)
class Scores:
    """A model's probabilities (n, k) of k labels for n images, ids (n,)."""

    model: str
    ids: np.ndarray
    probabilities: np.ndarray
    label_names: tuple[str, ...]

    def __post_init__(self) -> None:
        check_ids(f"The scores of {self.model}", self.ids, self.probabilities, self.label_names)
        _check_values(self)

    def over(self, ids: np.ndarray, label_names: Sequence[str]) -> "Scores":
        """The scores of these images and labels only, in this order; unknown ones raise."""
        if tuple(label_names) == self.label_names and np.array_equal(ids, self.ids):
            return self
        whose = f"the scores of {self.model}"
        rows = rows_of(whose, self.ids, ids)
        columns = columns_of(whose, self.label_names, label_names)
        values = self.probabilities[rows][:, columns]
        return Scores(self.model, self.ids[rows], values, tuple(label_names))


def same_images(scores: Sequence[Scores]) -> list[Scores]:
    """Scores with rows and columns in the first one's order; other images or labels raise."""
    first = scores[0]
    for other in scores[1:]:
        if not np.array_equal(first.ids, other.ids):
            _check_same("images", first, other, set(first.ids), set(other.ids))
        _check_same("labels", first, other, set(first.label_names), set(other.label_names))
    return [one.over(first.ids, first.label_names) for one in scores]


def common_images(scores: Sequence[Scores]) -> list[Scores]:
    """Scores over the images and labels that all of them have, in the first one's order."""
    ids = reduce(set.intersection, (set(one.ids) for one in scores))
    names = reduce(set.intersection, (set(one.label_names) for one in scores))
    if not ids or not names:
        raise BadScores(
            "Models must have images and labels in common;"
            f" {', '.join(one.model for one in scores)} share {len(ids):,} images and"
            f" {len(names)} labels. Check the id and label columns."
        )
    kept = np.array([image for image in scores[0].ids if image in ids], object)
    chosen = [name for name in scores[0].label_names if name in names]
    return [one.over(kept, chosen) for one in scores]


def _check_values(scores: Scores) -> None:
    # Written so that NaN, for which no comparison holds, is wrong too.
    good = (scores.probabilities >= 0) & (scores.probabilities <= 1)
    wrong = np.flatnonzero(~good.all(axis=1))
    if len(wrong):
        row, column = wrong[0], np.argmin(good[wrong[0]])
        rows = ", ".join(str(number) for number in wrong[:NAMED_ROWS])
        raise BadScores(
            f"Scores must be probabilities from 0 to 1; {scores.model} has others on {len(wrong):,}"
            f" rows, counted from 0: {rows}{', …' if len(wrong) > NAMED_ROWS else ''} (the first:"
            f" {scores.label_names[column]} of {scores.ids[row]} is"
            f" {scores.probabilities[row, column]}). Correct them, or pass logits through a"
            " sigmoid."
        )


def _check_same(what: str, first: Scores, other: Scores, here: set, there: set) -> None:
    if here != there:
        raise BadScores(
            f"Models are compared only over the same {what}; {first.model} has {len(here):,},"
            f" {other.model} {len(there):,}, and {len(here & there):,} are in both. Score the same"
            f" {what}, or pass --intersect."
        )
