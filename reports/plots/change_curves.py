"""Figures of models by severity: a panel for each change, a line with its interval for a model."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from reports.plots.page_layout import EDGE, PAD, SMALL, STEPS, Key, Sheet
from reports.plots.plotting import DOUBLE, GRID, QUIET, styles

# Inches: a panel's least width and its height; what is above, below, beside and between panels.
NARROWEST, HIGH, ABOVE, BELOW, BESIDE, GAP = 1.0, 0.9, 0.17, 0.36, 0.5, 0.12
MOST_COLUMNS = 5
SHADE = 0.15


def curves(values: dict[str, Any], figure: str, name: str, width: float = DOUBLE) -> Figure:
    """The figure of each model over severities; 0 is the unchanged image, and scales are shared."""
    changes, looks = [*values["changes"]], styles([*values["models"]])
    room = width - BESIDE - 2 * EDGE
    columns = min(len(changes), int((room + GAP) / (NARROWEST + GAP)), MOST_COLUMNS)
    across = (room + GAP) / columns - GAP
    n_rows = -(-len(changes) // columns)
    key = Key.of([*looks], width)
    sheet = Sheet.of(width, key.height + n_rows * (ABOVE + HIGH) + BELOW + PAD)
    scale = _scale(values, figure)
    for place, change in enumerate(changes):
        row, column = divmod(place, columns)
        left, top = BESIDE + column * (across + GAP), key.height + row * (ABOVE + HIGH) + ABOVE
        axes = sheet.axes(left, top, across, HIGH)
        axes.set_title(change, fontsize=SMALL, pad=2)
        _panel(axes, values, change, figure, looks)
        axes.set_ylim(scale)
        axes.yaxis.set_major_locator(MaxNLocator(3, steps=STEPS))
        axes.tick_params(labelleft=column == 0, labelbottom=place + columns >= len(changes))
    bottom = sheet.figure.get_figheight() - 0.05
    sheet.text(BESIDE + room / 2, bottom, "severity", ha="center", va="bottom")
    sheet.text(EDGE, key.height + n_rows * (ABOVE + HIGH) / 2, name, rotation=90, va="center")
    key.draw(sheet.figure, [Line2D([], [], **look, markersize=3.5) for look in looks.values()])
    return sheet.figure


def _panel(
    axes: Axes,
    values: dict[str, Any],
    change: str,
    figure: str,
    looks: dict[str, dict[str, Any]],
) -> None:
    severities = [*values["changed"][change]]
    for model, look in looks.items():
        estimates = _estimates(values, change, figure, model)
        heights = [np.nan if each["value"] is None else each["value"] for each in estimates]
        places = [0, *map(int, severities)]
        axes.plot(places, heights, **look, markersize=2.5, linewidth=0.9)
        axes.axhline(heights[0], color=look["color"], linewidth=0.5, alpha=0.5)
        known = [place for place, each in enumerate(estimates) if each["ci"]]
        low, high = np.array([estimates[place]["ci"] for place in known]).reshape(-1, 2).T
        band = {"color": look["color"], "alpha": SHADE, "linewidth": 0}
        axes.fill_between([places[place] for place in known], low, high, **band)
    axes.set_xticks([0, *map(int, severities)])
    axes.set_xlim(-0.2, int(severities[-1]) + 0.2)
    axes.grid(axis="y", **GRID)
    axes.spines["left"].set_color(QUIET)


def _estimates(
    values: dict[str, Any], change: str, figure: str, model: str
) -> list[dict[str, Any]]:
    """Those of the unchanged images, then those of each severity."""
    conditions = [values["unchanged"], *values["changed"][change].values()]
    return [each[model]["figures"][figure] for each in conditions]


def _scale(values: dict[str, Any], figure: str) -> tuple[float, float]:
    """The lowest and highest end of all panels, a little further out."""
    ends = [
        end
        for change in values["changes"]
        for model in values["models"]
        for each in _estimates(values, change, figure, model)
        for end in (each["value"], *(each["ci"] or ()))
        if end is not None
    ]
    low, high = (min(ends), max(ends)) if ends else (0.0, 1.0)
    room = 0.05 * (high - low) or 0.05
    return low - room, high + room
