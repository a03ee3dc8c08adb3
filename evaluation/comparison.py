"""One model against another over the same images: differences with intervals and tests."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from arrays import plain
from evaluation import certainty, delong
from evaluation.auc import macro
from evaluation.bootstrap import Replicates, p_value
from evaluation.certainty import Interval, Missing
from evaluation.reported_labels import pooled
from evaluation.scores import Scores
from evaluation.truth import Truth

LEVEL = 0.05


class Difference(NamedTuple):
    """Interval and p of a difference, and the reason where these are None."""

    ci: Interval
    p: float | None
    missing: str | None


def compare(
    truth: Truth,
    model: Scores,
    baseline: Scores,
    ours: Replicates,
    theirs: Replicates,
    missing: Missing,
) -> dict[str, Any]:
    """Differences, model less baseline, with intervals and p by patient, and DeLong's per label."""
    labels = truth.labels
    first, second = model.probabilities, baseline.probabilities
    *deltas, micro_delta = ours.whole - theirs.whole
    macros = difference(ours.macro, theirs.macro, missing.macro)
    micros = difference(ours.micro, theirs.micro, missing.micro)
    by_label = list(map(difference, ours.labels.T, theirs.labels.T, missing.labels))
    return {
        "model": model.model,
        "baseline": baseline.model,
        "delta_macro_auc": plain(macro(np.array(deltas))),
        "ci": macros.ci,
        "p": macros.p,
        "ci_missing": macros.missing,
        "delta_micro_auc": plain(micro_delta),
        "micro_ci": micros.ci,
        "micro_p": micros.p,
        "micro_ci_missing": micros.missing,
        "labels": _labels(truth, delong_tests(labels, first, second), np.array(deltas), by_label),
    }


def difference(ours: np.ndarray, theirs: np.ndarray, why: str | None) -> Difference:
    """The difference of two AUCs from paired replicates (B,).

    If no replicate differs, p is 1. If the AUCs vary too, the rankings are equal, and the interval
    is [0, 0].
    """
    # The difference of two infinite figures is not known.
    with np.errstate(invalid="ignore"):
        resampled = ours - theirs
    known = ~np.isnan(resampled)
    if not why and not resampled[known].any():
        vary = len(np.unique(ours[known])) > 1
        return Difference([0.0, 0.0] if vary else None, 1.0, None if vary else certainty.SAME)
    ci, why = certainty.estimated(resampled, why)
    return Difference(ci, None if why else p_value(resampled), why)


def corrected(comparisons: Sequence[dict[str, Any]], n_replicates: int) -> None:
    """Add `p_holm` to each: its p of the macro AUC, corrected for the number of comparisons.

    `replicates_needed` is how many replicates it takes for the smallest corrected p to reach 0.05,
    if there are fewer; then no p can be significant, however large the difference is.
    """
    tested = holm(np.array([each["p"] for each in comparisons], float))
    needed = round(2 * np.count_nonzero(~np.isnan(tested)) / LEVEL) - 1
    for each, p in zip(comparisons, tested, strict=True):
        each["p_holm"] = plain(p)
        each["replicates_needed"] = needed if needed > n_replicates else None


def holm(p_values: np.ndarray) -> np.ndarray:
    """p-values by Holm's correction, (k,); a NaN stays NaN and does not count as a test."""
    corrected = np.full(len(p_values), np.nan)
    tested = np.flatnonzero(~np.isnan(p_values))
    order = tested[np.argsort(p_values[tested], kind="stable")]
    scaled = p_values[order] * np.arange(len(order), 0, -1)
    corrected[order] = np.minimum(np.maximum.accumulate(scaled), 1)
    return corrected


def delong_tests(labels: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """DeLong's p of each label, (k,), uncorrected; NaN where there is nothing to test."""
    tests = []
    for label in range(labels.shape[1]):
        both = np.column_stack([first[:, label], second[:, label]])
        positive, both = pooled(labels[:, label], both)
        tests.append(delong.p_value(positive, *both.T))
    return np.array(tests)


def _labels(
    truth: Truth, tests: np.ndarray, deltas: np.ndarray, differences: Sequence[Difference]
) -> dict[str, dict[str, Any]]:
    tests = np.where([each.p is None for each in differences], np.nan, tests)
    corrected = holm(tests)
    return {
        name: {
            "delta": plain(deltas[label]),
            "ci": differences[label].ci,
            "ci_missing": differences[label].missing,
            "p_delong": plain(tests[label]),
            "p_holm": plain(corrected[label]),
        }
        for label, name in enumerate(truth.label_names)
    }
