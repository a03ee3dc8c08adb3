"""How often the peak of a heatmap is in a box, beside references that see no image."""

from typing import Any

from matplotlib.figure import Figure

from evaluation.clustered_means import ALL, MEAN
from evaluation.localisation_figures import CENTRE, CHANCE, PRIOR
from reports.plots import forest
from reports.plots.plotting import DOUBLE, GRID, QUIET, styles

NAMES = {ALL: "all findings", MEAN: "mean of findings"}
BLIND = {PRIOR: "d", CENTRE: "x", CHANCE: "."}


def hit_rates(values: dict[str, Any], width: float = DOUBLE) -> Figure:
    """A row for each finding: hit rate of each method with its interval; references in grey."""
    rows = {
        look: {name: _estimate(row, look) for name, row in values["rows"].items()}
        for look in (*values["methods"], *BLIND)
    }
    grey = {look: {"color": QUIET, "marker": marker} for look, marker in BLIND.items()}
    looks = styles(values["methods"]) | {
        look: {**one, "linestyle": ""} for look, one in grey.items()
    }
    shown = {name: _name(name, row) for name, row in values["rows"].items()}
    synthetic = " (synthetic)" if values["synthetic"] else ""
    about = (
        f"{values['data']}{synthetic}, {values['classifier']}: share of findings whose box contains"
        " the map's peak, 95 % interval by patient"
    )
    figure, axes = forest.chart(rows, shown, looks, about, width)
    axes.set_xlim(-0.02, 1.02)
    for row in range(1, len(shown)):
        axes.axhline(row - 0.5, **GRID)
    return figure


def _estimate(row: dict[str, Any], look: str) -> forest.Estimate:
    figure = row["looks"][look]["hit"]
    return figure["value"], figure["ci"]


def _name(name: str, row: dict[str, Any]) -> str:
    return NAMES.get(name, f"{name}\nimages: {row['films']:,}, patients: {row['patients']:,}")
