"""A contact sheet: a row of tiles for each image."""

from collections.abc import Sequence
from textwrap import fill
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from reports.plots.panels import SOFT, outline

# Inches.
TILE, MARGIN, ABOVE, BELOW = 1.3, 0.08, 0.4, 0.65
CAPTION = 0.2
TINY, SMALL, PLAIN = 6, 7.5, 10
LETTERS_PER_INCH = 15


class Tile(NamedTuple):
    """A picture (h, w, 3) uint8 with boxes (m, 4) in fractions of it, and its caption."""

    picture: np.ndarray
    caption: str
    boxes: np.ndarray


def sheet(rows: Sequence[Sequence[Tile]], title: str, legend: str) -> Figure:
    """A row of tiles for each image; every image keeps its aspect ratio."""
    columns = max(map(len, rows))
    across = 2 * MARGIN + columns * (TILE + MARGIN)
    down = ABOVE + BELOW + len(rows) * (TILE + CAPTION)
    figure = Figure(figsize=(across, down))
    for number, row in enumerate(rows):
        bottom = down - ABOVE - CAPTION - TILE - number * (TILE + CAPTION)
        for place, tile in enumerate(row):
            left = MARGIN + place * (TILE + MARGIN)
            _draw(figure, tile, (left / across, bottom / down, TILE / across, TILE / down))
    figure.text(MARGIN / across, 1 - 0.12 / down, title, fontsize=PLAIN, weight="bold", va="top")
    lines = fill(legend, int(across * LETTERS_PER_INCH))
    figure.text(MARGIN / across, 0.08 / down, lines, fontsize=SMALL, color=SOFT)
    return figure


def _draw(figure: Figure, tile: Tile, place: tuple[float, float, float, float]) -> None:
    axes = figure.add_axes(place)
    height, width = tile.picture.shape[:2]
    axes.imshow(tile.picture, extent=(0, width, height, 0))
    outline(axes, tile.boxes * (width, height, width, height))
    axes.set_title(tile.caption, fontsize=TINY, loc="left", pad=2)
    axes.set_axis_off()
