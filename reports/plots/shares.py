"""The share of each extractor in the attribution, by label."""

from itertools import cycle
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from reports.plots.page_layout import (
    EDGE,
    PAD,
    PLAIN,
    SMALL,
    Key,
    Sheet,
    text_height,
    text_width,
    wrapped,
)
from reports.plots.plotting import COLOURS, DOUBLE

# Narrower bars have no room for a number.
LEAST_SHOWN = 6
HATCHES = ("", "///", "...", "\\\\\\", "xx")
PLATE: dict[str, Any] = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
INK = "#111111"
# Inches: the least height of a row; what is below all rows. Names take this part of the width.
ROW, BELOW, NAMES = 0.24, 0.4, 0.35


def bars(shares: dict[str, dict[str, float]], title: str, width: float = DOUBLE) -> Figure:
    """A bar for each label, stacked by extractor; the shares of each label sum to 1."""
    names, families = list(shares), list(next(iter(shares.values())))
    texts = [wrapped(name, PLAIN, NAMES * width) for name in names]
    row = max(ROW, *(text_height(text, PLAIN) + 0.04 for text in texts))
    heading = wrapped(title, PLAIN, width - 2 * EDGE)
    key, above = Key.of(families, width), EDGE + text_height(heading, PLAIN)
    left, top = EDGE + max(text_width(text, PLAIN) for text in texts) + PAD, above + key.height
    sheet = Sheet.of(width, top + row * len(names) + BELOW)
    sheet.text(width / 2, EDGE, heading, ha="center")
    axes = sheet.axes(left, top, width - left - 3 * EDGE, row * len(names))
    starts, looks = np.zeros(len(names)), []
    for family, colour, hatch in zip(families, cycle(COLOURS), cycle(HATCHES), strict=False):
        look: dict[str, Any] = {
            "facecolor": colour,
            "hatch": hatch,
            "edgecolor": "white",
            "linewidth": 0.5,
        }
        percent = np.array([100 * shares[name][family] for name in names])
        patches = axes.barh(range(len(names)), percent, 0.7, starts, **look)
        numbers = [f"{value:.0f}" if value >= LEAST_SHOWN else "" for value in percent]
        axes.bar_label(patches, numbers, label_type="center", fontsize=SMALL, color=INK, bbox=PLATE)
        looks.append(Patch(**look))
        starts += percent
    axes.set_yticks(range(len(names)), texts, fontsize=PLAIN, linespacing=1.1)
    axes.set(xlim=(0, 100), ylim=(len(names) - 0.5, -0.5))
    axes.set_xlabel("percent of the attribution, for and against", fontsize=PLAIN, labelpad=2)
    key.draw(sheet.figure, looks, above)
    return sheet.figure
