"""Forest plots: per-label AUCs, or differences of AUCs, with their intervals."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reports.plots.plotting import ONE_CLASS, QUIET, styles
from reports.report_figures import Comparison, Interval, ModelFigures

# Value and 95 % interval; None where there is none.
Estimate = tuple[float | None, Interval]
SUMMARY = "macro AUC"
SPREAD = 0.6


def aucs(models: Mapping[str, ModelFigures]) -> Figure:
    """AUC of each label with its interval, a colour for each model; the macro AUC below."""
    rows = {
        name: {label: (each.auc, each.auc_ci) for label, each in figures.labels.items()}
        | {SUMMARY: (figures.macro_auc, figures.macro_auc_ci)}
        for name, figures in models.items()
    }
    return _forest(rows, 0.5, "AUC, 95 % interval by patient (line: chance)")


def differences(comparisons: Sequence[Comparison]) -> Figure:
    """Difference in AUC of each label, model less baseline, and in the macro AUC below."""
    rows = {
        each.name: {label: (figures.delta, figures.ci) for label, figures in each.labels.items()}
        | {SUMMARY: (each.delta_macro_auc, each.macro_ci)}
        for each in comparisons
    }
    return _forest(rows, 0.0, "difference in AUC, 95 % interval by patient (line: no difference)")


def _forest(rows: dict[str, dict[str, Estimate]], neutral: float, title: str) -> Figure:
    names = _ordered(next(iter(rows.values())))
    height = 1.6 + len(names) * max(0.34, 0.17 * len(rows))
    figure = Figure(figsize=(8, height), layout="constrained")
    axes = figure.subplots()
    axes.axvline(neutral, color=QUIET, linewidth=1)
    axes.axhline(len(names) - 1.5, color=QUIET, linewidth=0.5)
    offsets = np.linspace(-SPREAD / 2, SPREAD / 2, len(rows)) if len(rows) > 1 else [0.0]
    for offset, (name, look) in zip(offsets, styles(list(rows)).items(), strict=True):
        draw(axes, [rows[name][label] for label in names], offset, look, name)
    empty = [each for each in names if all(one[each][0] is None for one in rows.values())]
    _explain_empty(axes, [names.index(label) for label in empty])
    axes.set_yticks(range(len(names)), names)
    axes.set_xlabel(title)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid(axis="x", color="#e4e4e4")
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    if len(rows) > 1:
        figure.legend(loc="outside upper center", ncols=3, frameon=False)
    return figure


def _explain_empty(axes: Axes, rows: Sequence[int]) -> None:
    place = axes.get_yaxis_transform()
    look: dict[str, Any] = {"color": QUIET, "va": "center", "fontsize": 8, "transform": place}
    for row in rows:
        # The line of chance or of no difference may be there.
        axes.text(0.02, row, ONE_CLASS, backgroundcolor="white", **look)


def _ordered(estimates: dict[str, Estimate]) -> list[str]:
    """Labels from the highest estimate down, then those without one, then the macro AUC."""

    def rank(name: str) -> float:
        value = estimates[name][0]
        return np.inf if value is None else -value

    return [*sorted((name for name in estimates if name != SUMMARY), key=rank), SUMMARY]


def draw(
    axes: Axes, estimates: Sequence[Estimate], offset: float, look: dict[str, Any], name: str
) -> None:
    """A point with its interval for each known estimate, at an offset from its row.

    A point without an interval is hollow: a bar may be too short to be seen.
    """
    known = [row for row, (value, _) in enumerate(estimates) if value is not None]
    solid = [row for row in known if estimates[row][1]]
    hollow = [row for row in known if not estimates[row][1]]
    ends = np.array([estimates[row][1] for row in solid], float).reshape(-1, 2)
    axes.hlines(np.array(solid) + offset, *ends.T, color=look["color"], linewidth=1.6)
    for rows, how in ((solid, {"label": name}), (hollow, {"fillstyle": "none"})):
        if rows or "label" in how:
            values = np.array([estimates[row][0] for row in rows], float)
            style = look | {"linestyle": "", "markersize": 5} | how
            axes.plot(values, np.array(rows) + offset, **style)
