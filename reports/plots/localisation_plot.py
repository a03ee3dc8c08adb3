"""How often the peak of a heatmap is in a box, beside references that see no image."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from evaluation.clustered_means import ALL, MEAN
from evaluation.localisation_figures import CENTRE, CHANCE, PRIOR
from reports.plots import forest
from reports.plots.plotting import QUIET, styles

NAMES = {ALL: "all findings", MEAN: "mean of findings"}
BLIND = {PRIOR: "d", CENTRE: "x", CHANCE: "."}
SPREAD = 0.56


def hit_rates(values: dict[str, Any]) -> Figure:
    """A row for each finding: hit rate of each method with its interval; references in grey."""
    rows, looks = values["rows"], [*values["methods"], *BLIND]
    figure = Figure(figsize=(8, 1.7 + 0.14 * len(rows) * len(looks)), layout="constrained")
    axes = figure.subplots()
    grey = {look: {"color": QUIET, "marker": marker} for look, marker in BLIND.items()}
    offsets = np.linspace(-SPREAD / 2, SPREAD / 2, len(looks))
    for look, style in (styles(values["methods"]) | grey).items():
        figures = [row["looks"][look]["hit"] for row in rows.values()]
        estimates = [(each["value"], each["ci"]) for each in figures]
        forest.draw(axes, estimates, offsets[looks.index(look)], style, look)
    axes.hlines(np.arange(len(rows)) - 0.5, 0, 1, color="#e4e4e4", linewidth=0.8)
    axes.set_yticks(range(len(rows)), [_name(name, row) for name, row in rows.items()])
    axes.set(ylim=(len(rows) - 0.5, -0.5), xlim=(-0.02, 1.02))
    axes.set_xlabel("share of findings whose box contains the map's peak, 95 % interval by patient")
    axes.grid(axis="x", color="#e4e4e4")
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    synthetic = " (synthetic)" if values["synthetic"] else ""
    axes.set_title(f"{values['data']}{synthetic}: where {values['classifier']} looks", fontsize=11)
    figure.legend(loc="outside upper center", ncols=3, frameon=False)
    return figure


def _name(name: str, row: dict[str, Any]) -> str:
    return NAMES.get(name, f"{name}\nimages: {row['films']:,}, patients: {row['patients']:,}")
