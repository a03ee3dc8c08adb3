"""The figures of a report on changed images: macro AUC by severity, and differences of losses."""

from collections.abc import Mapping
from typing import Any

from evaluation.severity_figures import AUC
from reports.json_trees import as_json
from reports.plots import change_curves, forest, plotting
from reports.plots.forest import Estimate
from reports.plots.plotting import DOUBLE, styles
from reports.robustness_figures import Robustness

CURVES, DIFFERENCES = FIGURES = ("robustness", "robustness_differences")
CAPTIONS = (
    "Macro AUC by severity of each change, with a band of 95 % intervals by patient; 0 is the"
    " unchanged image.",
    "Loss of macro AUC under each change minus that of the baseline, as the mean over severities,"
    " with its 95 % interval by patient. Left of the line, a model is sturdier than the baseline.",
)


def figures(found: Robustness | None, width: float = DOUBLE) -> dict[str, tuple[Any, str, str]]:
    """Each figure by its name, with caption and text alternative; {} without changed images."""
    if found is None:
        return {}
    models, changes = ", ".join(found.models), ", ".join(found.changes)
    drawn = change_curves.curves(as_json(found), AUC, "macro AUC", width)
    alt = f"Curves of the macro AUC of {models} by severity of {changes}"
    curves = {CURVES: (drawn, CAPTIONS[0], f"{alt}; the tables have the losses.")}
    rows = {
        name: {
            change: (cost.difference.value, cost.difference.ci)
            for change, cost in costs.items()
            if cost.difference
        }
        for name, costs in found.summary.items()
        if name != found.baseline
    }
    if not rows:
        return curves
    which = next(iter(rows)) if len(rows) == 1 else "each model"
    title = f"loss of macro AUC, {which} minus {found.baseline} (line: no difference)"
    compared = by_change(rows, title, width)
    return curves | {DIFFERENCES: (compared, CAPTIONS[1], f"Forest plot: {title}.")}


def by_change(rows: Mapping[str, Mapping[str, Estimate]], title: str, width: float) -> Any:
    """A forest plot with a row for each change, all changes together at the end."""
    shown = {change: change for change in next(iter(rows.values()))}
    figure, axes = forest.chart(rows, shown, styles([*rows]), title, width)
    axes.axvline(0, color=plotting.QUIET, linewidth=0.8, zorder=0.5)
    axes.axhline(len(shown) - 1.5, color=plotting.QUIET, linewidth=0.5)
    return figure
