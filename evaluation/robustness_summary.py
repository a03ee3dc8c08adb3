"""What changes of images cost models: losses of AUC, corruption errors, and who loses less."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from arrays import plain
from evaluation.bootstrap import p_value
from evaluation.comparison import holm
from evaluation.severity_figures import Drawn, mean

ALL = "all changes"
# The macro AUC by change, severity and model.
Curves = Mapping[str, Mapping[int, Mapping[str, Drawn]]]


class Pair(NamedTuple):
    """A model and the baseline that it is compared with."""

    model: str
    baseline: str


def summary(
    unchanged: Mapping[str, Drawn], curves: Curves, pair: Pair | None = None
) -> dict[str, dict[str, Any]]:
    """For each change, and for ALL of them as the mean over changes: what it costs each model.

    `losses` are the AUC of unchanged images less that of changed ones, as the mean over severities.
    With a pair there are also `difference`, the model's loss less the baseline's, with p by Holm's
    correction over the changes, `corruption_error`, the model's 1 − AUC as a share of the
    baseline's, and `gain`, the model's AUC on changed images less the baseline's.
    """
    losses = {change: _losses(unchanged, curves[change]) for change in curves}
    losses[ALL] = {model: mean([losses[change][model] for change in curves]) for model in unchanged}
    rows: dict[str, dict[str, Any]] = {
        change: {"losses": {model: each.estimate for model, each in by_model.items()}}
        for change, by_model in losses.items()
    }
    if pair:
        errors = {change: _corruption_error(curves[change], pair) for change in curves}
        errors[ALL] = mean([*errors.values()])
        differences = {change: by[pair.model] - by[pair.baseline] for change, by in losses.items()}
        tests = _tests(differences, [*curves])
        unchanged_gain = unchanged[pair.model] - unchanged[pair.baseline]
        for change, row in rows.items():
            row["difference"] = differences[change].estimate | tests[change]
            row["corruption_error"] = errors[change].estimate
            row["gain"] = (unchanged_gain - differences[change]).estimate
    return rows


def _losses(
    unchanged: Mapping[str, Drawn], severities: Mapping[int, Mapping[str, Drawn]]
) -> dict[str, Drawn]:
    """The loss of each model, as the mean over severities."""
    return {
        model: auc - mean([by_model[model] for by_model in severities.values()])
        for model, auc in unchanged.items()
    }


def _corruption_error(severities: Mapping[int, Mapping[str, Drawn]], pair: Pair) -> Drawn:
    """The sum of the model's 1 − AUC over severities, as a share of the baseline's."""
    ours, theirs = (
        mean([_error(by_model[name]) for by_model in severities.values()]) for name in pair
    )
    return ours / theirs


def _error(auc: Drawn) -> Drawn:
    return Drawn(1 - auc.whole, 1 - auc.draws, auc.missing)


def _tests(differences: Mapping[str, Drawn], changes: Sequence[str]) -> dict[str, dict[str, Any]]:
    """p of each difference, and corrected for the number of changes; None where it has none."""
    p_values = {name: _p(each) for name, each in differences.items()}
    corrected = dict(
        zip(changes, holm(np.array([p_values[name] for name in changes], float)), strict=True)
    )
    return {
        name: {"p": plain(p), "p_holm": plain(float(corrected.get(name, p)))}
        for name, p in p_values.items()
    }


def _p(difference: Drawn) -> float:
    """p of no difference by resampled patients; NaN where there is no interval."""
    without = difference.estimate["ci"] is None
    return float("nan") if without else p_value(difference.draws)
