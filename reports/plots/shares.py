"""The share of each extractor in the attribution, by label."""

from itertools import cycle

import numpy as np
from matplotlib.figure import Figure

from reports.plots.plotting import COLOURS

# Narrower bars have no room for a number.
LEAST_SHOWN = 6
HATCHES = ("", "///", "...", "\\\\\\", "xx")
PLATE = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}


def bars(shares: dict[str, dict[str, float]], title: str) -> Figure:
    """A bar for each label, stacked by extractor; the shares of each label sum to 1."""
    names = list(shares)
    families = list(next(iter(shares.values())))
    figure = Figure(figsize=(8, 1.5 + 0.4 * len(names)), layout="constrained")
    axes = figure.subplots()
    starts = np.zeros(len(names))
    for family, colour, hatch in zip(families, cycle(COLOURS), cycle(HATCHES), strict=False):
        percent = np.array([100 * shares[name][family] for name in names])
        patches = axes.barh(range(len(names)), percent, 0.7, starts, label=family, color=colour)
        for patch in patches:
            patch.set(hatch=hatch, edgecolor="white", linewidth=0.5)
        texts = [f"{value:.0f}" if value >= LEAST_SHOWN else "" for value in percent]
        axes.bar_label(patches, texts, label_type="center", fontsize=8, bbox=PLATE)
        starts += percent
    axes.set(yticks=range(len(names)), yticklabels=names, xlim=(0, 100))
    axes.set_xlabel("percent of the attribution, for and against")
    axes.invert_yaxis()
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title(title, fontsize=11)
    figure.legend(loc="outside lower center", ncols=len(families), frameon=False)
    return figure
