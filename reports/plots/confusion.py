"""Confusion matrices: decisions at the thresholds, for each label and model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from reports.plots.page_layout import (
    EDGE,
    PAD,
    PLAIN,
    SMALL,
    TINY,
    Sheet,
    text_height,
    text_width,
    wrapped,
)
from reports.plots.plotting import DOUBLE, QUIET
from reports.report_figures import LabelFigures

CELLS = (("true_positives", "false_negatives"), ("false_positives", "true_negatives"))
SHADES = colormaps["Blues"]
# Where the shade is dark, ink is white; else it is black on any page.
DARK, BLACK, WHITE = 0.55, "#111111", "#ffffff"
# Inches: the least width of a matrix, and its most; its height; the space between matrices and
# that of a line below each.
NARROWEST, WIDEST, TALL, GAP, NOTE = 0.62, 0.95, 0.27, 0.06, 0.1
# What the rows of a matrix mean, and its columns.
TRUTH, CALLED = ("is", "is not"), ("yes", "no")
# The names of labels take at most this part of the width, then come the meanings of the rows.
NAMES, ASIDE = 0.3, 0.33

Models = Mapping[str, Mapping[str, LabelFigures]]


@dataclass(frozen=True)
class Grid:
    """Sizes in inches: where matrices begin, their width, and the top and height of each row."""

    left: float
    size: float
    texts: Sequence[str]
    tops: np.ndarray
    heights: np.ndarray
    down: float

    @staticmethod
    def of(labels: Sequence[str], room: float, across: int, note: float) -> "Grid":
        """The grid for so many matrices side by side, with a note of this height below each."""
        texts = [wrapped(label, PLAIN, NAMES * room) for label in labels]
        left = EDGE + max(text_width(text, PLAIN) for text in texts) + ASIDE
        heights = np.array([max(TALL, text_height(text, PLAIN)) for text in texts])
        ends = np.cumsum(heights + GAP + note)
        n_most = max(1, int((room - left - EDGE + GAP) / (NARROWEST + GAP)))
        size = min(WIDEST, (room - left - EDGE + GAP) / min(across, n_most) - GAP)
        return Grid(left, size, texts, ends - heights - GAP - note, heights, float(ends[-1]))

    @property
    def step(self) -> float:
        """From the left of a matrix to that of the next."""
        return self.size + GAP


def matrices(models: Models, width: float = DOUBLE) -> Figure:
    """A row for each label, a column for each model: counts, shaded by their share of the row."""
    labels, names = list(next(iter(models.values()))), list(models)
    partly = any(_partly(each) for figures in models.values() for each in figures.values())
    grid = Grid.of(labels, width, len(names), NOTE * partly)
    across = int((width - grid.left - EDGE + GAP) / grid.step + 1e-9)
    blocks = [names[start : start + across] for start in range(0, len(names), across)]
    heads = [_head(block, grid.size) for block in blocks]
    sheet = Sheet.of(width, EDGE + sum(heads) + (grid.down + PAD) * len(blocks))
    top = EDGE
    for block, head in zip(blocks, heads, strict=True):
        extent = len(block) * grid.step, grid.down
        axes = sheet.axes(grid.left, top + head, *extent)
        axes.set(xlim=(0, extent[0]), ylim=(extent[1], 0))
        axes.set_axis_off()
        _name(axes, block, grid)
        for row, label in enumerate(labels):
            for column, model in enumerate(block):
                corner = column * grid.step, grid.tops[row]
                _matrix(axes, models[model][label], corner, (grid.size, grid.heights[row]))
        top += head + grid.down + PAD
    return sheet.figure


def _head(block: Sequence[str], size: float) -> float:
    """The height of the models' names with what the columns mean below."""
    return max(text_height(wrapped(name, SMALL, size), SMALL) for name in block) + 0.2


def _name(axes: Axes, block: Sequence[str], grid: Grid) -> None:
    """Labels at the left, models above, and what rows and columns mean; axes are in inches."""
    quiet: dict[str, Any] = {"fontsize": TINY, "color": QUIET}
    for text, top, tall in zip(grid.texts, grid.tops, grid.heights, strict=True):
        look: dict[str, Any] = {"ha": "right", "va": "center"}
        axes.text(0.03 - ASIDE, top + tall / 2, text, **look, fontsize=PLAIN, linespacing=1.1)
        for part, word in zip((0.25, 0.75), TRUTH, strict=True):
            axes.text(-0.04, top + part * tall, word, **look, **quiet)
    for column, model in enumerate(block):
        left, look = column * grid.step, {"ha": "center", "va": "bottom"}
        name = wrapped(model, SMALL, grid.size)
        axes.text(left + grid.size / 2, -0.13, name, **look, fontsize=SMALL)
        for part, word in zip((0.25, 0.75), CALLED, strict=True):
            axes.text(left + part * grid.size, -0.03, word, **look, **quiet)


def _matrix(
    axes: Axes,
    decided: LabelFigures,
    corner: tuple[float, float],
    size: tuple[float, float],
) -> None:
    x, y = corner
    width, height = size
    if not decided.is_decided:
        place = (x + width / 2, y + height / 2)
        axes.text(*place, "not decided", ha="center", va="center", fontsize=TINY, color=QUIET)
        return
    counts = np.array([[getattr(decided, key) for key in row] for row in CELLS])
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    half = np.array([width / 2, height / 2])
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * half
    places = [np.array([x, y]) + half * (call, truth) for truth, call in np.ndindex(2, 2)]
    shades = SHADES(shares.ravel())
    cells = PolyCollection([corners + each for each in places], facecolors=shades)
    axes.add_collection(cells, autolim=False)
    for (truth, call), count in np.ndenumerate(counts):
        ink = WHITE if shares[truth, call] > DARK else BLACK
        across, down = places[2 * truth + call] + half / 2
        axes.text(across, down, f"{count:,}", ha="center", va="center", fontsize=SMALL, color=ink)
    if _partly(decided):
        note = f"{decided.images_decided:,} of {decided.images:,}"
        axes.text(x, y + height, note, va="top", fontsize=TINY, color=QUIET)


def _partly(decided: LabelFigures) -> bool:
    """Whether some images have a threshold and others none."""
    return decided.is_decided and (decided.images_decided or 0) < decided.images
