"""AUC of each finding on whole images, and with parts of the images blanked."""

from typing import Any

from matplotlib.figure import Figure

from reports.plots import forest
from reports.plots.plotting import DOUBLE, GRID, styles
from reports.shortcut_text import TITLES


def aucs(values: dict[str, Any], width: float = DOUBLE) -> Figure:
    """A row for each finding: its AUC with each part blanked, with intervals."""
    findings = values["occlusions"]
    rows = {
        title: {finding: _estimate(row[occlusion]) for finding, row in findings.items()}
        for occlusion, title in TITLES.items()
    }
    shown = {
        name: f"{name}\n(survives)" if name in values["flagged"] else name for name in findings
    }
    synthetic = " (synthetic)" if values["synthetic"] else ""
    about = (
        f"{values['data']}{synthetic}, {values['classifier']}: AUC with parts of the images"
        " blanked, 95 % interval by patient"
    )
    figure, axes = forest.chart(rows, shown, styles([*rows]), about, width)
    axes.axvline(0.5, **GRID)
    return figure


def _estimate(row: dict[str, Any]) -> forest.Estimate:
    return row["auc"]["value"], row["auc"]["ci"]
