"""Which wrong calls the report shows, and their contact sheets."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np

from arrays import plain
from datasets.images import Images
from datasets.sources import folder
from evaluation.class_choice import as_thresholds
from evaluation.scores import Scores
from evaluation.truth import Truth
from evaluation.wrong_decisions import class_distances, label_distances, wrong_calls
from reports import image_tiles
from reports.audit_figures import SAYS
from reports.failure_figures import Failures, WrongCall
from reports.image_tiles import NO_FILES, UNREADABLE, Sheet, Shown

# Of labels, for each image that is asked for of each kind; and tiles in a row of a sheet.
MOST_LABELS, ACROSS = 20, 8
CALL = {0: "called", 1: "missed"}
CALLS, DIFFER = "wrong_calls", "differing_calls"
CALLED = (
    "For each label, images that the label table says are without the finding, farthest above the"
    " threshold (called); then those with it, farthest below (missed). Research use only"
)
DIFFERING = (
    "First only {model} is right, from a new row on only {baseline} is; the largest differences in"
    " probability first. Probabilities: {model} / {baseline}. Research use only"
)


class Decided(NamedTuple):
    """A model's probabilities (n, k) and thresholds (n, k), over the images of a truth."""

    model: str
    probabilities: np.ndarray
    thresholds: np.ndarray

    @staticmethod
    def of(scores: Scores, thresholds: np.ndarray | None, classes: Sequence[str]) -> "Decided":
        """With the thresholds of its labels; of exclusive classes the most probable one is chosen.

        Without thresholds nothing is decided.
        """
        values = scores.probabilities
        chosen = as_thresholds(values) if classes else thresholds
        chosen = np.full(values.shape, np.nan) if chosen is None else chosen
        return Decided(scores.model, values, np.broadcast_to(chosen, values.shape))

    def wrong(self, truth: Truth) -> np.ndarray:
        """1 (n, k) for wrong calls, 0 for right ones, NaN where nothing is decided."""
        return wrong_calls(truth.labels, self.probabilities, self.thresholds)


def most_confident(decided: Decided, truth: Truth, count: int) -> list[WrongCall]:
    """So many false positives and false negatives of each label, those farthest off.

    Of many labels, those with the worst calls.
    """
    several = np.isinf(decided.thresholds).any()
    # Thresholds of 0 and infinity choose a class, and no distance from them means anything.
    away = (
        class_distances(truth.labels, decided.probabilities, decided.thresholds == 0)
        if several
        else label_distances(truth.labels, decided.probabilities, decided.thresholds)
    )
    worst = np.nan_to_num(away, nan=-1).max(axis=0, initial=-1)
    labels = np.sort(np.argsort(-worst, kind="stable")[:MOST_LABELS])
    places = [
        (row, label)
        for label in labels
        for kind in (0, 1)
        for row in _farthest(
            np.where(truth.labels[:, label] == kind, away[:, label], np.nan), count
        )
    ]
    return [_call(decided, truth, *place) for place in places]


def differing(
    ours: Decided, theirs: Decided, truth: Truth, count: int
) -> list[list[tuple[int, int]]]:
    """Image and label of the calls that only the model has right, then those of the baseline.

    Each image comes once, the largest difference in probability first.
    """
    first, second = ours.wrong(truth), theirs.wrong(truth)
    gaps = np.abs(ours.probabilities - theirs.probabilities)
    found = []
    for right, wrong in ((first, second), (second, first)):
        gap = np.where((right == 0) & (wrong == 1), gaps, np.nan)
        columns = np.nan_to_num(gap, nan=-1).argmax(axis=1)
        own = np.take_along_axis(gap, columns[:, None], axis=1)[:, 0]
        found.append([(row, int(columns[row])) for row in _farthest(own, count)])
    return found


def sheets(
    failures: Failures,
    pair: tuple[Decided, Decided] | None,
    truth: Truth,
    images: Images,
    out: Path,
    count: int,
    jobs: int,
) -> tuple[Failures, list[Sheet]]:
    """Contact sheets of wrong calls and of a model and its baseline; or why there are none."""
    calls = [(each.image, _told(each)) for each in failures.wrong_calls]
    rows = (
        [_compared(pair, truth, each) for each in differing(*pair, truth, ACROSS * count)]
        if pair
        else []
    )
    wanted = [image for shown in (calls, *rows) for image, _ in shown]
    pictures = image_tiles.thumbnails(images, wanted, jobs) if wanted else {}
    if not pictures:
        why = UNREADABLE if (images.paths != "").any() else NO_FILES
        return (replace(failures, no_pictures=why) if wanted else failures), []
    about = f"{images.source}{' (synthetic)' * images.synthetic}"
    of_calls = image_tiles.in_rows(image_tiles.tiles(calls, pictures), ACROSS)
    title = f"{about}: most confident wrong calls of {failures.model}"
    made = [(of_calls, title, CALLED, CALLS)]
    if pair:
        names = {"model": pair[0].model, "baseline": pair[1].model}
        parts = [image_tiles.in_rows(image_tiles.tiles(each, pictures), ACROSS) for each in rows]
        title = f"{about}: where {' and '.join(names.values())} differ"
        made.append(([*chain.from_iterable(parts)], title, DIFFERING.format(**names), DIFFER))
    place = folder(out)
    return failures, [
        image_tiles.sheet(tiles, title, legend, place / f"{name}.png")
        for tiles, title, legend, name in made
        if tiles
    ]


def _farthest(away: np.ndarray, count: int) -> list[int]:
    """Rows of the largest numbers (n,) that are not NaN."""
    return np.argsort(-away, kind="stable")[
        : min(count, np.count_nonzero(~np.isnan(away)))
    ].tolist()


def _call(decided: Decided, truth: Truth, row: int, label: int) -> WrongCall:
    threshold = float(decided.thresholds[row, label])
    return WrongCall(
        str(truth.ids[row]),
        truth.label_names[label],
        int(truth.labels[row, label]),
        float(decided.probabilities[row, label]),
        None if np.isinf(threshold) or threshold == 0 else plain(threshold),
    )


def _told(call: WrongCall) -> str:
    return image_tiles.entry(call.label, f"{CALL[call.truth]}, {call.probability:.2f}")


def _compared(
    pair: tuple[Decided, Decided], truth: Truth, places: list[tuple[int, int]]
) -> list[Shown]:
    ours, theirs = pair
    return [
        (
            str(truth.ids[row]),
            image_tiles.entry(
                truth.label_names[label],
                f"{SAYS[int(truth.labels[row, label])]}:"
                f" {ours.probabilities[row, label]:.2f}/{theirs.probabilities[row, label]:.2f}",
            ),
        )
        for row, label in places
    ]
