"""How often each label is, and which labels occur together."""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from datasets.images import SETS
from reports.plots.page_layout import (
    EDGE,
    PAD,
    PLAIN,
    SMALL,
    TINY,
    Key,
    Sheet,
    text_height,
    text_width,
    wrapped,
)
from reports.plots.plotting import DOUBLE, PNG, Paper
from reports.plots.plotting import write as write_figure

# Okabe and Ito's colours, which colour-blind people can distinguish; hatches differ in grey.
LOOKS: dict[str, dict[str, Any]] = {
    "train": {"facecolor": "#0072B2"},
    "validation": {"facecolor": "#E69F00", "hatch": "////", "edgecolor": "white"},
    "test": {"facecolor": "#009E73", "hatch": "....", "edgecolor": "white"},
}
# Inches: the height of a row, what is below all rows, the least side of a cell. Names take this
# part of the width.
ROW, BELOW, CELL, NAMES = 0.27, 0.42, 0.2, 0.3


def write(summary: dict[str, Any], out: Path, paper: Paper = PNG) -> list[Path]:
    """Both plots of a data set's summary as files."""
    figures = {
        "class_distribution": class_distribution(summary, paper.width),
        "cooccurrence": cooccurrence(summary, paper.width),
    }
    return [
        path for name, figure in figures.items() for path in write_figure(figure, out, name, paper)
    ]


def class_distribution(summary: dict[str, Any], width: float = DOUBLE) -> Figure:
    """Prevalence of each label in each set of the split, in percent."""
    counts = summary["positives"]
    names = sorted(summary["labels"], key=lambda name: counts["all"][name])
    texts = [wrapped(name, PLAIN, NAMES * width) for name in names]
    totals = [f"{counts['all'][name]:,}" for name in names]
    n_images = {one: summary["split"]["films"][one] for one in SETS}
    key = Key.of([f"{one} ({n_images[one]:,} images)" for one in SETS], width)
    heading = f"{_title(summary)}: how often each label is (right: number of images)"
    heading = wrapped(heading, PLAIN, width - 2 * EDGE)
    above = EDGE + text_height(heading, PLAIN)
    left = EDGE + max(text_width(text, PLAIN) for text in texts) + PAD
    right = max(text_width(total, SMALL) for total in totals) + PAD + EDGE
    row = max(ROW, *(text_height(text, PLAIN) + 0.04 for text in texts))
    sheet = Sheet.of(width, above + key.height + row * len(names) + BELOW)
    sheet.text(width / 2, EDGE, heading, ha="center")
    axes = sheet.axes(left, above + key.height, width - left - right, row * len(names))
    for offset, one in zip((0.27, 0, -0.27), SETS, strict=True):
        shares = [100 * counts[one][name] / max(n_images[one], 1) for name in names]
        axes.barh(np.arange(len(names)) + offset, shares, 0.25, linewidth=0, **LOOKS[one])
    for place, total in enumerate(totals):
        where = axes.get_yaxis_transform()
        axes.text(1.01, place, total, va="center", fontsize=SMALL, transform=where)
    axes.set_yticks(range(len(names)), texts, fontsize=PLAIN, linespacing=1.1)
    axes.set_ylim(-0.5, len(names) - 0.5)
    axes.set_xlabel("images with the label, percent of the set", fontsize=PLAIN, labelpad=2)
    key.draw(sheet.figure, [Patch(**LOOKS[one]) for one in SETS], above)
    return sheet.figure


def cooccurrence(summary: dict[str, Any], width: float = DOUBLE) -> Figure:
    """Of the images with the row's label, the percentage that also have the column's."""
    names, counts = summary["labels"], np.array(summary["cooccurrence"])
    shares = 100 * counts / np.maximum(np.diag(counts)[:, None], 1)
    others = np.where(np.eye(len(names)), np.nan, shares)
    highest = np.nanmax(others, initial=1)
    texts = [wrapped(name, PLAIN, NAMES * width) for name in names]
    # Beside and below: the names, and what they are.
    aside = max(text_width(text, PLAIN) for text in texts) + 0.25
    heading = f"{_title(summary)}: which labels occur together (numbers: images)"
    heading = wrapped(heading, PLAIN, width - 2 * EDGE)
    cell = max(CELL, *(text_height(text, PLAIN) for text in texts))
    side = max(cell * len(names), width - aside - 0.75)
    above = 2 * EDGE + text_height(heading, PLAIN)
    sheet = Sheet.of(aside + side + 0.75, above + side + aside)
    sheet.text(EDGE, EDGE, heading)
    axes = sheet.axes(aside, above, side, side)
    picture = axes.imshow(others, cmap="cividis", vmin=0, vmax=highest, aspect="auto")
    size = SMALL if side / len(names) > 0.32 else TINY
    for row, column in np.ndindex(counts.shape):
        dark = row == column or shares[row, column] > 0.55 * highest
        count, colour = f"{counts[row, column]:,}", "#111111" if dark else "white"
        axes.text(column, row, count, ha="center", va="center", fontsize=size, color=colour)
    ticks = range(len(names))
    axes.set_yticks(ticks, texts, fontsize=PLAIN, linespacing=1.1)
    axes.set_xticks(ticks, texts, fontsize=PLAIN, linespacing=1.1, rotation=90)
    axes.set_xlabel("… also have this label", fontsize=PLAIN, labelpad=2)
    axes.set_ylabel("of the images with this label …", fontsize=PLAIN, labelpad=2)
    scale = sheet.axes(aside + side + 0.12, above, 0.1, side)
    sheet.figure.colorbar(picture, cax=scale)
    scale.set_ylabel("percent of the row's images", fontsize=SMALL, labelpad=2)
    return sheet.figure


def _title(summary: dict[str, Any]) -> str:
    return f"{summary['source']}{' (synthetic)' if summary['synthetic'] else ''}"
