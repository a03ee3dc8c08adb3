"""Forest plots: per-label AUCs, or differences of AUCs, with their intervals."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from reports.plots.page_layout import (
    EDGE,
    PAD,
    PLAIN,
    SMALL,
    STEPS,
    Key,
    Sheet,
    text_height,
    text_width,
    wrapped,
)
from reports.plots.plotting import DOUBLE, FAINT, GRID, ONE_CLASS, QUIET, styles
from reports.report_figures import Comparison, Interval, ModelFigures

# Value and 95 % interval; None where there is none.
Estimate = tuple[float | None, Interval]
# The estimates of each series, by row.
Rows = Mapping[str, Mapping[str, Estimate]]
SUMMARY = "macro AUC"
# Inches: the distance of series in a row, between the least and the most; the height that should do
# for all rows; the room of a number below the axis.
CLOSEST, FARTHEST, TALLEST, NUMBER = 0.05, 0.11, 8.0, 0.55
# The names of rows take at most this part of the width.
NAMES = 0.4
# Marks the name of a label that few patients have.
DAGGER = " †"


def aucs(
    models: Mapping[str, ModelFigures], width: float = DOUBLE, faint: Collection[str] = ()
) -> Figure:
    """AUC of each label with its interval, a colour for each model; the macro AUC below."""
    rows = {
        name: {label: (each.auc, each.auc_ci) for label, each in figures.labels.items()}
        | {SUMMARY: (figures.macro_auc, figures.macro_auc_ci)}
        for name, figures in models.items()
    }
    return _forest(rows, 0.5, "AUC, 95 % interval by patient (line: chance)", width, faint)


def differences(
    comparisons: Sequence[Comparison], width: float = DOUBLE, faint: Collection[str] = ()
) -> Figure:
    """Difference in AUC of each label, model less baseline, and in the macro AUC below."""
    rows = {
        each.name: {label: (figures.delta, figures.ci) for label, figures in each.labels.items()}
        | {SUMMARY: (each.delta_macro_auc, each.macro_ci)}
        for each in comparisons
    }
    title = "difference in AUC, 95 % interval by patient (line: no difference)"
    return _forest(rows, 0.0, title, width, faint)


def _forest(rows: Rows, neutral: float, title: str, width: float, faint: Collection[str]) -> Figure:
    names = _ordered(next(iter(rows.values())))
    looks = styles([*rows])
    shown = {name: name + DAGGER * (name in faint) for name in names}
    figure, axes = chart(rows, shown, looks, title, width, faint)
    axes.axvline(neutral, color=QUIET, linewidth=0.8, zorder=0.5)
    axes.axhline(len(names) - 1.5, color=QUIET, linewidth=0.5)
    empty = [each for each in names if all(one[each][0] is None for one in rows.values())]
    # At the end that is farther from the line.
    low, high = axes.get_xlim()
    place, side = (0.98, "right") if neutral - low < high - neutral else (0.02, "left")
    look: dict[str, Any] = {"color": QUIET, "va": "center", "ha": side, "fontsize": SMALL}
    for label in empty:
        where = axes.get_yaxis_transform()
        axes.text(place, names.index(label), ONE_CLASS, **look, transform=where)
    return figure


def chart(
    rows: Rows,
    shown: Mapping[str, str],
    looks: Mapping[str, dict[str, Any]],
    title: str,
    width: float,
    faint: Collection[str] = (),
) -> tuple[Figure, Axes]:
    """A row for each name that is shown, with the points of every series, and a legend above."""
    texts = [wrapped(name, PLAIN, NAMES * width) for name in shown.values()]
    spacing = np.clip(TALLEST / (len(texts) * len(looks)), CLOSEST, FARTHEST)
    row = max(0.04 + max(text_height(text, PLAIN) for text in texts), spacing * (len(looks) + 1.5))
    left = EDGE + max(text_width(text, PLAIN) for text in texts) + PAD
    label = wrapped(title, PLAIN, width - 2 * EDGE)
    key, below = Key.of([*looks], width), 0.22 + text_height(label, PLAIN)
    sheet = Sheet.of(width, key.height + row * len(texts) + below)
    axes = sheet.axes(left, key.height, width - left - 3 * EDGE, row * len(texts))
    offsets = (np.arange(len(looks)) - (len(looks) - 1) / 2) * spacing / row
    pale = [place for place, each in enumerate(shown) if each in faint]
    for offset, (name, look) in zip(offsets, looks.items(), strict=True):
        estimates = [rows[name][each] for each in shown]
        draw(axes, estimates, offset, {**look, "label": name}, pale)
    axes.set_yticks(range(len(texts)), texts, fontsize=PLAIN, linespacing=1.1)
    axes.set_ylim(len(texts) - 0.5, -0.5)
    axes.xaxis.set_major_locator(MaxNLocator(max(2, int((width - left) / NUMBER)), steps=STEPS))
    axes.grid(axis="x", **GRID)
    axes.set_axisbelow(True)
    half = text_width(label, PLAIN) / 2 + EDGE
    centre = min((left + width) / 2, width - half)
    sheet.text(centre, key.height + row * len(texts) + 0.2, label, ha="center")
    key.draw(sheet.figure, [Line2D([], [], **look, markersize=3.5) for look in looks.values()])
    return sheet.figure, axes


def draw(
    axes: Axes,
    estimates: Sequence[Estimate],
    offset: float,
    look: Mapping[str, Any],
    faint: Collection[int],
) -> None:
    """A point with its interval for each known estimate, at an offset from its row.

    A point without an interval is hollow: a bar may be too short to be seen.
    """
    known = [row for row, (value, _) in enumerate(estimates) if value is not None]
    for alpha, rows in (
        (1, [row for row in known if row not in faint]),
        (FAINT, [row for row in known if row in faint]),
    ):
        if not rows:
            continue
        solid = [row for row in rows if estimates[row][1]]
        hollow = [row for row in rows if not estimates[row][1]]
        ends = np.array([estimates[row][1] for row in solid], float).reshape(-1, 2)
        places = np.array(solid) + offset
        axes.hlines(places, *ends.T, color=look["color"], linewidth=1.1, alpha=alpha)
        for some, fill in ((solid, "full"), (hollow, "none")):
            if some:
                values = np.array([estimates[row][0] for row in some], float)
                style = {**look, "linestyle": "", "markersize": 3.5, "alpha": alpha}
                axes.plot(values, np.array(some) + offset, **style, fillstyle=fill)


def _ordered(estimates: Mapping[str, Estimate]) -> list[str]:
    """Labels from the highest estimate down, then those without one, then the macro AUC."""

    def rank(name: str) -> float:
        value = estimates[name][0]
        return np.inf if value is None else -value

    return [*sorted((name for name in estimates if name != SUMMARY), key=rank), SUMMARY]
