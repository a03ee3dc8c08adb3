"""A panel for each label, a line for each model: ROC, precision and recall, reliability."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evaluation import calibration_error, curves
from evaluation.reported_labels import pooled
from evaluation.scores import Scores
from evaluation.truth import Truth
from reports.plots.plotting import ONE_CLASS, QUIET, styles

COLUMNS = 4
Draw = Callable[[Axes, np.ndarray, np.ndarray, dict[str, Any]], None]


def roc(truth: Truth, scores: Sequence[Scores]) -> Figure:
    """ROC curves; the diagonal is chance."""
    return _panels(truth, scores, _roc, ("false positive rate", "true positive rate"))


def precision_recall(truth: Truth, scores: Sequence[Scores]) -> Figure:
    """Precision over recall; the level line is the share of positives, the precision of chance."""
    return _panels(truth, scores, _precision_recall, ("recall", "precision"))


def reliability(truth: Truth, scores: Sequence[Scores]) -> Figure:
    """Share of positives over mean probability, in bins of equally many images."""
    return _panels(truth, scores, _reliability, ("probability", "share of positives"))


def _panels(
    truth: Truth, scores: Sequence[Scores], draw: Draw, axis_names: tuple[str, str]
) -> Figure:
    """One panel for each label; scores have the images and labels of truth, in its order."""
    names = truth.label_names
    n_rows = -(-len(names) // COLUMNS)
    figure = Figure(figsize=(2.3 * COLUMNS, 0.8 + 2.3 * n_rows), layout="constrained")
    grid = figure.subplots(n_rows, COLUMNS, squeeze=False).ravel()
    looks = styles([one.model for one in scores])
    for column, (axes, name) in enumerate(zip(grid, names, strict=False)):
        axes.set_title(name, fontsize=9)
        axes.tick_params(labelsize=7)
        axes.spines[["top", "right"]].set_visible(False)
        for one in scores:
            positive, values = pooled(truth.labels[:, column], one.probabilities[:, column])
            if 0 < positive.sum() < len(positive):
                draw(axes, positive, values, looks[one.model] | {"label": one.model})
            else:
                axes.text(0.5, 0.5, ONE_CLASS, ha="center", color=QUIET)
    for axes in grid[len(names) :]:
        axes.set_axis_off()
    figure.supxlabel(axis_names[0], fontsize=10)
    figure.supylabel(axis_names[1], fontsize=10)
    _name_models(figure, looks)
    return figure


def _name_models(figure: Figure, looks: dict[str, Any]) -> None:
    if len(looks) < 2:
        return
    legends = [axes.get_legend_handles_labels() for axes in figure.axes]
    # A label of one class has no lines to name.
    handles, names = max(legends, key=lambda pair: len(pair[0]))
    figure.legend(handles, names, loc="outside upper center", ncols=3, frameon=False)


def _roc(axes: Axes, positive: np.ndarray, values: np.ndarray, look: dict[str, Any]) -> None:
    axes.plot([0, 1], [0, 1], color=QUIET, linewidth=0.7)
    axes.plot(*curves.roc(positive, values), **look | {"marker": ""}, linewidth=1.4)
    axes.set(xlim=(0, 1), ylim=(0, 1.01), aspect="equal")


def _precision_recall(
    axes: Axes, positive: np.ndarray, values: np.ndarray, look: dict[str, Any]
) -> None:
    axes.axhline(positive.mean(), color=QUIET, linewidth=0.7)
    recall, precision = curves.precision_recall(positive, values)
    axes.step(recall, precision, **look | {"marker": ""}, linewidth=1.2, where="post")
    axes.set(xlim=(0, 1), ylim=(0, 1.01))


def _reliability(
    axes: Axes, positive: np.ndarray, values: np.ndarray, look: dict[str, Any]
) -> None:
    curve = calibration_error.reliability(positive, values)
    axes.axline((0, 0), slope=1, color=QUIET, linewidth=0.7)
    axes.plot(curve.predicted, curve.observed, **look, markersize=3, linewidth=1.2)
    # The limits never shrink below those of an earlier model.
    highest = max(axes.dataLim.max)
    axes.set(xlim=(0, 1.05 * highest), ylim=(0, 1.05 * highest))
