"""Metrics of models and of their comparisons, as the plain dicts in report.json."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

import evaluation.metrics
import registry
from arrays import plain
from evaluation import certainty, net_benefit
from evaluation.certainty import Missing
from evaluation.comparison import difference
from evaluation.measures import Everything, Measured
from evaluation.metric import THRESHOLDS, Metric
from evaluation.truth import Truth

UNDEFINED = "a number that it is divided by is 0"


def registered() -> dict[str, Metric]:
    """Every metric by name."""
    names = registry.names(evaluation.metrics)
    return {name: registry.load(evaluation.metrics, name)() for name in names}


def chosen(task: str, *, decided: bool) -> dict[str, Metric]:
    """The metrics of a task by name; those at thresholds only if labels are decided."""
    return {
        name: metric
        for name, metric in registered().items()
        if task in metric.tasks and (decided or metric.needs != THRESHOLDS)
    }


def of_model(truth: Truth, model: Everything, missing: Missing) -> dict[str, Any]:
    """`metrics` and `net_benefit` of a model, as in report.json."""
    names, curve = truth.label_names, model.benefit
    return {
        "metrics": _metrics(model.metrics, names),
        "net_benefit": net_benefit.of_model(
            *(truth.labels, names, curve.whole, curve.resampled, missing.labels)
        ),
    }


def of_pair(truth: Truth, ours: Everything, theirs: Everything, missing: Missing) -> dict[str, Any]:
    """`metrics` and `net_benefit` of one model less another, as in report.json."""
    names, curves = truth.label_names, (ours.benefit, theirs.benefit)
    return {
        "metrics": _differences(ours.metrics, theirs.metrics, names),
        "net_benefit": net_benefit.of_pair(
            names,
            [each.whole for each in curves],
            [each.resampled for each in curves],
            missing.labels,
        ),
    }


def _metrics(metrics: Mapping[str, Measured], labels: Sequence[str]) -> dict[str, Any]:
    """Each metric with its interval and prevalence-only value, overall and by label."""
    return {
        name: _nested([_estimate(one, column) for column in range(len(one.whole))], one, labels)
        for name, one in metrics.items()
        if one.members.any()
    }


def _differences(
    ours: Mapping[str, Measured], theirs: Mapping[str, Measured], labels: Sequence[str]
) -> dict[str, Any]:
    """The difference in each metric that both models have, with interval and p by patient."""
    return {
        name: _nested(
            [_difference(one, theirs[name], column) for column in range(len(one.whole))],
            one,
            labels,
        )
        for name, one in ours.items()
        if name in theirs and one.members.any()
    }


def _nested(
    columns: Sequence[dict[str, Any]], one: Measured, labels: Sequence[str]
) -> dict[str, Any]:
    """The overall figure, with those of its labels inside."""
    overall, *by_label = columns
    # A metric of all labels together has no figures by label.
    pairs = zip(labels, by_label, one.members, strict=False)
    return overall | {"labels": {label: each for label, each, member in pairs if member}}


def _estimate(one: Measured, column: int) -> dict[str, Any]:
    value = _finite(one.whole[column])
    ci, why = certainty.estimated(one.resampled[:, column], _why(value, one.missing[column]))
    return {
        "value": value,
        "ci": ci,
        "ci_missing": why,
        "prevalence_only": _finite(one.prevalence_only[column]),
    }


def _difference(one: Measured, other: Measured, column: int) -> dict[str, Any]:
    delta = None
    if np.isfinite([one.whole[column], other.whole[column]]).all():
        delta = plain(one.whole[column] - other.whole[column])
    why = _why(delta, one.missing[column] or other.missing[column])
    # Two infinite ratios have no difference, and do not count.
    with np.errstate(invalid="ignore"):
        found = difference(one.resampled[:, column], other.resampled[:, column], why)
    return {"delta": delta, "ci": found.ci, "p": found.p, "ci_missing": found.missing}


def _why(value: float | None, missing: str | None) -> str | None:
    """Why a figure has no interval, as a figure that does not exist has none."""
    return missing or (UNDEFINED if value is None else None)


def _finite(value: np.floating) -> float | None:
    """A number for JSON, which has neither NaN nor infinity."""
    return plain(value) if np.isfinite(value) else None
