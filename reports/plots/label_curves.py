"""A panel for each label, a line for each model: ROC, precision and recall, reliability."""

from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from evaluation import calibration_error, curves
from evaluation.reported_labels import pooled
from evaluation.scores import Scores
from evaluation.truth import Truth
from reports.plots.forest import DAGGER
from reports.plots.page_layout import (
    EDGE,
    PAD,
    SMALL,
    STEPS,
    Key,
    Sheet,
    text_height,
    wrapped,
)
from reports.plots.plotting import DOUBLE, FAINT, ONE_CLASS, QUIET, styles

# Inches: the least width of a panel, and its most; what is below, beside and between panels.
NARROWEST, WIDEST, BELOW, BESIDE = 0.72, 1.6, 0.36, 0.44
GAP, OWN_GAP, OWN_TICKS = 0.13, 0.34, 0.2
# A curve of more points is drawn at those that a figure can show.
MOST_POINTS, CELLS = 200, 160
# Of a reliability curve: positives that a bin should have, and the number of bins.
POSITIVES, FEWEST_BINS = 8, 3
# The area of a marker for no positive, for each, and the most that count, in square points.
LEAST_AREA, AREA, MOST_COUNTED = 3.0, 0.5, 60
# How the line of a model is drawn, from positives and scores.
Draw = Callable[[Axes, np.ndarray, np.ndarray, dict[str, Any]], None]
Looks = dict[str, dict[str, Any]]
# How a panel is filled: the column of its label, the looks of the models, whether it is rare.
DrawLabel = Callable[[Axes, int, Looks, bool], None]


class Kind(NamedTuple):
    """What the panels show: the names of both axes, and whether each panel has its own scale."""

    across: str
    up: str
    own_scale: bool = False


def roc(
    truth: Truth, scores: Sequence[Scores], width: float = DOUBLE, faint: Collection[str] = ()
) -> Figure:
    """ROC curves; the diagonal is chance."""
    kind = Kind("false positive rate", "true positive rate")
    return _panels(truth, scores, kind, _roc, width, faint)


def precision_recall(
    truth: Truth, scores: Sequence[Scores], width: float = DOUBLE, faint: Collection[str] = ()
) -> Figure:
    """Precision over recall; the level line is the share of positives, the precision of chance."""
    kind = Kind("recall", "precision")
    return _panels(truth, scores, kind, _precision_recall, width, faint)


def reliability(
    truth: Truth, scores: Sequence[Scores], width: float = DOUBLE, faint: Collection[str] = ()
) -> Figure:
    """Share of positives over mean probability, in bins of equally many images.

    The fewer positives there are, the fewer bins; a marker's area grows with those in its bin.
    """
    kind = Kind("probability", "share of positives", own_scale=True)
    return _panels(truth, scores, kind, _reliability, width, faint)


def _panels(
    truth: Truth,
    scores: Sequence[Scores],
    kind: Kind,
    draw: Draw,
    width: float,
    faint: Collection[str],
) -> Figure:
    """One panel for each label; scores have the images and labels of truth, in its order."""

    def fill(axes: Axes, column: int, looks: Looks, rare: bool) -> None:
        _draw(axes, truth, scores, column, draw, looks, rare)

    return panels(truth, [one.model for one in scores], kind, fill, width, faint)


def panels(
    truth: Truth,
    models: Sequence[str],
    kind: Kind,
    fill: DrawLabel,
    width: float,
    faint: Collection[str],
) -> Figure:
    """One panel for each label, which `fill` fills, with a key to the models above them."""
    names, looks = truth.label_names, styles(models)
    gap = OWN_GAP if kind.own_scale else GAP
    room = width - BESIDE - 2 * EDGE
    columns = min(len(names), int((room + gap) / (NARROWEST + gap)), 5)
    side = min(WIDEST, (room + gap) / columns - gap)
    titles = [_title(truth, column, side, name in faint) for column, name in enumerate(names)]
    key, below = Key.of([*looks], width), OWN_TICKS if kind.own_scale else PAD
    tops = [key.height]
    for start in range(0, len(names), columns):
        above = max(text_height(title, SMALL) for title in titles[start : start + columns]) + 0.05
        tops = [*tops[:-1], tops[-1] + above, tops[-1] + above + side + below]
    sheet = Sheet.of(width, tops[-1] + BELOW - below + PAD)
    for column, name in enumerate(names):
        row, place = divmod(column, columns)
        axes = sheet.axes(BESIDE + place * (side + gap), tops[row], side, side)
        axes.set_title(titles[column], fontsize=SMALL, pad=2, linespacing=1.1)
        fill(axes, column, looks, name in faint)
        if not kind.own_scale:
            _share_scale(axes, first=place == 0, last=column + columns >= len(names))
    middle = BESIDE + (columns * (side + gap) - gap) / 2
    sheet.text(middle, sheet.figure.get_figheight() - 0.05, kind.across, ha="center", va="bottom")
    sheet.text(EDGE, (tops[0] + tops[-1]) / 2, kind.up, rotation=90, va="center")
    key.draw(sheet.figure, [Line2D([], [], **look, markersize=3.5) for look in looks.values()])
    return sheet.figure


def _title(truth: Truth, column: int, side: float, rare: bool) -> str:
    """The label and how many images have it."""
    count = int(np.count_nonzero(truth.labels[:, column] == 1))
    name = truth.label_names[column] + DAGGER * rare
    return wrapped(f"{name} ({count:,})", SMALL, side + 0.05)


def _draw(
    axes: Axes,
    truth: Truth,
    scores: Sequence[Scores],
    column: int,
    draw: Draw,
    looks: dict[str, Any],
    rare: bool,
) -> None:
    """The lines of all models for a label, fainter if it is rare."""
    for number, one in enumerate(scores):
        positive, values = pooled(truth.labels[:, column], one.probabilities[:, column])
        if not 0 < positive.sum() < len(positive):
            axes.text(0.5, 0.5, ONE_CLASS, ha="center", color=QUIET, fontsize=SMALL)
            axes.set(xticks=[], yticks=[])
            break
        look = looks[one.model] | {"alpha": FAINT if rare else 1, "linewidth": 0.9}
        # Markers apart from each other, so that lines can be told apart in grey.
        start = (number % 5 + 0.5) / 25
        draw(axes, positive, values, look | {"markevery": (start, 0.2), "markersize": 2.2})


def _share_scale(axes: Axes, *, first: bool, last: bool) -> None:
    """The scale from 0 to 1, with numbers only at the left and at the bottom of the figure."""
    ticks, names = [0, 0.5, 1], ["0", "0.5", "1"]
    axes.set_xticks(ticks, names if last else [])
    axes.set_yticks(ticks, names if first else [])
    axes.set(xlim=(0, 1), ylim=(0, 1.01))


def _roc(axes: Axes, positive: np.ndarray, values: np.ndarray, look: dict[str, Any]) -> None:
    if not axes.lines:
        axes.plot([0, 1], [0, 1], color=QUIET, linewidth=0.5)
    axes.plot(*_thinned(*curves.roc(positive, values)), **look)


def _precision_recall(
    axes: Axes, positive: np.ndarray, values: np.ndarray, look: dict[str, Any]
) -> None:
    if not axes.lines:
        axes.axhline(positive.mean(), color=QUIET, linewidth=0.5)
    recall, precision = _thinned(*curves.precision_recall(positive, values))
    axes.step(recall, precision, **look, where="post")


def _reliability(
    axes: Axes, positive: np.ndarray, values: np.ndarray, look: dict[str, Any]
) -> None:
    most = calibration_error.N_BINS
    n_bins = int(np.clip(positive.sum() // POSITIVES, FEWEST_BINS, most))
    curve = calibration_error.reliability(positive, values, n_bins)
    if not axes.lines:
        axes.axline((0, 0), slope=1, color=QUIET, linewidth=0.5)
    line = {name: look[name] for name in ("color", "linestyle", "linewidth", "alpha")}
    axes.plot(curve.predicted, curve.observed, **line)
    areas = LEAST_AREA + AREA * np.minimum(curve.observed * curve.images, MOST_COUNTED)
    points = {"marker": look["marker"], "color": look["color"], "alpha": look["alpha"]}
    axes.scatter(curve.predicted, curve.observed, areas, **points, linewidths=0)
    # The limits never shrink below those of an earlier model.
    highest = 1.08 * max(curve.predicted.max(), curve.observed.max(), axes.get_xlim()[1] / 1.08)
    axes.set(xlim=(0, highest), ylim=(0, highest))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(2, steps=STEPS))


def _thinned(across: np.ndarray, up: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A curve without the points that are in the same small cell as the one before."""
    if len(across) <= MOST_POINTS:
        return across, up
    cells = np.rint(np.stack([across, up], axis=1) * CELLS)
    kept = np.append(True, (cells[1:] != cells[:-1]).any(axis=1))
    kept[-1] = True
    return across[kept], up[kept]
