"""Confusion matrices: decisions at the thresholds, for each label and model."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reports.report_figures import LabelFigures

CELLS = (("true_positives", "false_negatives"), ("false_positives", "true_negatives"))
# Where the shade is dark, ink is white.
DARK = 0.55


def matrices(models: Mapping[str, Mapping[str, LabelFigures]]) -> Figure:
    """A row for each label, a column for each model: counts, shaded by their share of the row."""
    labels = list(next(iter(models.values())))
    figure = Figure(
        figsize=(1.6 + 1.5 * len(models), 0.9 + 0.78 * len(labels)), layout="constrained"
    )
    grid = figure.subplots(len(labels), len(models), squeeze=False)
    for label, row in zip(labels, grid, strict=True):
        for (model, figures), axes in zip(models.items(), row, strict=True):
            _draw(axes, figures[label])
            if label == labels[0]:
                axes.set_title(f"{model}\ncalled\nyes      no", fontsize=8)
        row[0].set_ylabel(label, rotation=0, ha="right", va="center", fontsize=9, labelpad=22)
        row[0].set_yticks([0, 1], ["is", "is not"], fontsize=7)
    return figure


def _draw(axes: Axes, decided: LabelFigures) -> None:
    axes.set(xticks=[], yticks=[])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    if decided.threshold is None:
        axes.text(0.5, 0.5, "not decided", ha="center", va="center", fontsize=7)
        axes.set(xlim=(0, 1), ylim=(1.5, -0.5))
        return
    counts = np.array([[getattr(decided, key) for key in row] for row in CELLS])
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    if (n_decided := decided.images_decided or 0) < decided.images:
        axes.set_xlabel(f"{n_decided:,} of {decided.images:,} decided", fontsize=6)
    for (truth, call), count in np.ndenumerate(counts):
        ink = "white" if shares[truth, call] > DARK else "black"
        axes.text(call, truth, f"{count:,}", ha="center", va="center", fontsize=8, color=ink)
