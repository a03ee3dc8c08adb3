"""How often each label is, and which labels occur together."""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from datasets.images import SETS
from reports.plots.plotting import save

# Okabe and Ito's colours, which colour-blind people can distinguish.
COLOURS = {"train": "#0072B2", "validation": "#E69F00", "test": "#009E73"}


def write(summary: dict[str, Any], out: Path) -> list[Path]:
    """Both plots of a data set's summary as PNG files."""
    figures = {
        "class_distribution.png": class_distribution(summary),
        "cooccurrence.png": cooccurrence(summary),
    }
    return [save(figure, out / name) for name, figure in figures.items()]


def class_distribution(summary: dict[str, Any]) -> Figure:
    """Prevalence of each label in each set of the split, in percent."""
    names = sorted(summary["labels"], key=lambda name: summary["positives"]["all"][name])
    figure = Figure(figsize=(8, 1.6 + 0.34 * len(names)), layout="constrained")
    axes = figure.subplots()
    for offset, one in zip((0.27, 0, -0.27), SETS, strict=True):
        n_images = summary["split"]["films"][one]
        shares = [100 * summary["positives"][one][name] / max(n_images, 1) for name in names]
        rows = np.arange(len(names)) + offset
        axes.barh(rows, shares, 0.25, color=COLOURS[one], label=f"{one} ({n_images:,} images)")
    for row, name in enumerate(names):
        count = summary["positives"]["all"][name]
        axes.annotate(f"{count:,}", (1.01, row), xycoords=("axes fraction", "data"), va="center")
    axes.set(
        yticks=range(len(names)),
        yticklabels=names,
        xlabel="images with the label, percent of the set",
    )
    axes.set_title(
        f"{_title(summary)}: how often each label is (right: number of images)", fontsize=11
    )
    axes.legend(loc="lower right", frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def cooccurrence(summary: dict[str, Any]) -> Figure:
    """Of the images with the row's label, the percentage that also have the column's."""
    names, counts = summary["labels"], np.array(summary["cooccurrence"])
    shares = 100 * counts / np.maximum(np.diag(counts)[:, None], 1)
    others = np.where(np.eye(len(names)), np.nan, shares)
    highest = np.nanmax(others, initial=1)
    side = 2.6 + 0.5 * len(names)
    figure = Figure(figsize=(side, side), layout="constrained")
    axes = figure.subplots()
    picture = axes.imshow(others, cmap="cividis", vmin=0, vmax=highest)
    for row, column in np.ndindex(counts.shape):
        dark = row == column or shares[row, column] > 0.55 * highest
        colour = "black" if dark else "white"
        count = f"{counts[row, column]:,}"
        axes.text(column, row, count, ha="center", va="center", fontsize=7, color=colour)
    ticks = range(len(names))
    axes.set(xticks=ticks, yticks=ticks, yticklabels=names, xlabel="… also have this label")
    axes.set_xticklabels(names, rotation=60, ha="right", rotation_mode="anchor")
    axes.set_ylabel("of the images with this label …")
    axes.set_title(
        f"{_title(summary)}: which labels occur together\n(numbers: images)", fontsize=11
    )
    figure.colorbar(picture, ax=axes, shrink=0.6, label="percent of the row's images")
    return figure


def _title(summary: dict[str, Any]) -> str:
    return f"{summary['source']}{' (synthetic)' if summary['synthetic'] else ''}"
