"""Decision curves: a panel for each label, net benefit over threshold probability."""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from evaluation.truth import Truth
from reports.metric_values import LabelBenefit, NetBenefit
from reports.plots.label_curves import Kind, Looks, panels
from reports.plots.page_layout import SMALL, STEPS
from reports.plots.plotting import DOUBLE, FAINT, ONE_CLASS, QUIET

KIND = Kind("threshold probability", "net benefit", own_scale=True)
# Of the band that shows intervals.
SHADE = 0.15
# How far a panel reaches below 0, as a share of its top: below, calling none is better.
BELOW = 0.2
TICKS = (0.01, 0.1, 0.5)


def benefits(
    curves: Mapping[str, NetBenefit],
    truth: Truth,
    width: float = DOUBLE,
    faint: Collection[str] = (),
) -> Figure:
    """The curve of each model with its intervals; the grey line calls every image positive."""

    def fill(axes: Axes, column: int, looks: Looks, rare: bool) -> None:
        name = truth.label_names[column]
        shown = {model: each.labels[name] for model, each in curves.items()}
        labels = truth.labels[:, column]
        if not ((labels == 1).any() and (labels == 0).any()):
            axes.text(0.5, 0.5, ONE_CLASS, ha="center", color=QUIET, fontsize=SMALL)
            axes.set(xticks=[], yticks=[])
            return
        thresholds = np.array(next(iter(curves.values())).thresholds)
        _label(axes, thresholds, shown, looks, FAINT if rare else 1)

    return panels(truth, [*curves], KIND, fill, width, faint)


def _label(
    axes: Axes,
    thresholds: np.ndarray,
    curves: Mapping[str, LabelBenefit],
    looks: Looks,
    alpha: float,
) -> None:
    everyone = np.array(next(iter(curves.values())).treat_all, float)
    axes.plot(thresholds, everyone, color=QUIET, linewidth=0.7)
    axes.axhline(0, color=QUIET, linewidth=0.5)
    for number, (model, curve) in enumerate(curves.items()):
        look: dict[str, Any] = looks[model] | {"markevery": (number % 5, 5), "markersize": 2.2}
        axes.plot(
            thresholds, np.array(curve.net_benefit, float), **look, linewidth=0.9, alpha=alpha
        )
        known = np.array([end is not None for end in curve.ci])
        if known.any():
            low, high = np.array([end for end in curve.ci if end is not None]).T
            band = {"color": look["color"], "alpha": SHADE * alpha, "linewidth": 0}
            axes.fill_between(thresholds[known], low, high, **band)
    tops = [*everyone, *(value or 0 for each in curves.values() for value in each.net_benefit)]
    top = 1.1 * max(*tops, 1e-3)
    axes.set_xscale("log")
    axes.set(xlim=(thresholds[0], thresholds[-1]), ylim=(-BELOW * top, top))
    axes.set_xticks(TICKS, [f"{tick:g}" for tick in TICKS])
    axes.set_xticks([], minor=True)
    axes.yaxis.set_major_locator(MaxNLocator(2, steps=STEPS))
