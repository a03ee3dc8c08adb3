"""Which family of vectors decisions came from."""

from itertools import cycle

import numpy as np
from matplotlib.figure import Figure

from reports.plots.model_styles import COLOURS

# Narrower parts have no room for their number.
LEAST_TOLD = 6
HATCHES = ("", "///", "...", "\\\\\\", "xx")
PLATE = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}


def bars(shares: dict[str, dict[str, float]], title: str) -> Figure:
    """A bar for each label, stacked by family; shares by label and family, each label's sum 1."""
    names = list(shares)
    families = list(next(iter(shares.values())))
    figure = Figure(figsize=(8, 1.5 + 0.4 * len(names)), layout="constrained")
    axes = figure.subplots()
    starts = np.zeros(len(names))
    for family, colour, hatch in zip(families, cycle(COLOURS), cycle(HATCHES), strict=False):
        percent = np.array([100 * shares[name][family] for name in names])
        drawn = axes.barh(range(len(names)), percent, 0.7, starts, label=family, color=colour)
        for part in drawn:
            part.set(hatch=hatch, edgecolor="white", linewidth=0.5)
        told = [f"{value:.0f}" if value >= LEAST_TOLD else "" for value in percent]
        axes.bar_label(drawn, told, label_type="center", fontsize=8, bbox=PLATE)
        starts += percent
    axes.set(yticks=range(len(names)), yticklabels=names, xlim=(0, 100))
    axes.set_xlabel("percent of all credit, for and against")
    axes.invert_yaxis()
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title(title, fontsize=11)
    figure.legend(loc="outside lower center", ncols=len(families), frameon=False)
    return figure
