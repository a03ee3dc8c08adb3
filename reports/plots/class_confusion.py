"""The confusion matrix of exclusive classes, one for each model, with shares of each row."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reports.class_tables import ClassTable
from reports.plots.confusion import BLACK, DARK, SHADES, WHITE
from reports.plots.page_layout import EDGE, PAD, SMALL, TINY, Sheet, text_width, wrapped
from reports.plots.plotting import DOUBLE

# Inches: the least and the most side of a cell, the room of names, and of the model's name.
NARROWEST, WIDEST, NAMES, HEAD = 0.3, 0.55, 0.8, 0.3
MOST_NAMED = 14


def matrices(models: Mapping[str, ClassTable], width: float = DOUBLE) -> Figure:
    """A matrix for each model, side by side as far as they fit: counts and shares of the row."""
    tables = list(models.values())
    names = [wrapped(each, SMALL, NAMES) for each in tables[0].names]
    left = max(text_width(each, SMALL) for each in names) + 2 * PAD
    cell = np.clip((width - EDGE - left) / len(names), NARROWEST, WIDEST)
    side = len(names) * cell
    across = max(1, int((width - EDGE) / (left + side + PAD)))
    down = HEAD + side + left
    sheet = Sheet.of(width, EDGE + down * -(-len(tables) // across))
    for place, (model, table) in enumerate(models.items()):
        row, column = divmod(place, across)
        corner = EDGE + left + column * (left + side + PAD), EDGE + HEAD + row * down
        axes = sheet.axes(*corner, side, side)
        _matrix(axes, table, names)
        axes.set_title(wrapped(model, SMALL, side), fontsize=SMALL)
    return sheet.figure


def _matrix(axes: Axes, table: ClassTable, names: list[str]) -> None:
    counts, shares, count = np.array(table.confusion), np.array(table.shares), len(names)
    axes.pcolormesh(shares, cmap=SHADES, vmin=0, vmax=1)
    axes.set(xlim=(0, count), ylim=(count, 0))
    middles = np.arange(count) + 0.5
    axes.set_yticks(middles, names, fontsize=SMALL)
    axes.set_xticks(middles, names, fontsize=SMALL, rotation=90)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    for (actual, chosen), images in np.ndenumerate(counts):
        share = shares[actual, chosen]
        text = f"{images:,}\n{100 * share:.0f} %" if count <= MOST_NAMED else f"{images:,}"
        look: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": TINY}
        ink = WHITE if share > DARK else BLACK
        axes.text(chosen + 0.5, actual + 0.5, text, color=ink, **look)
