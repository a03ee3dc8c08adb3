"""One model against another over the same films: differences with intervals and tests."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from evaluation import delong
from evaluation.auc import label_aucs, macro, micro_auc
from evaluation.bootstrap import Replicates, interval, p_value
from evaluation.holm import holm
from evaluation.pairs import pooled
from evaluation.plain import plain
from evaluation.scores import Scores
from evaluation.truth import Truth


def compare(
    truth: Truth, model: Scores, baseline: Scores, ours: Replicates, theirs: Replicates
) -> dict[str, Any]:
    """Differences, model less baseline, with intervals and p by patient, and DeLong's per label."""
    labels, drawn = truth.labels, ours - theirs
    first, second = model.probabilities, baseline.probabilities
    deltas = label_aucs(labels, first) - label_aucs(labels, second)
    return {
        "model": model.model,
        "baseline": baseline.model,
        "delta_macro_auc": plain(macro(deltas)),
        "ci": interval(drawn.macro),
        "p": p_value(drawn.macro),
        "delta_micro_auc": plain(micro_auc(labels, first) - micro_auc(labels, second)),
        "micro_ci": interval(drawn.micro),
        "micro_p": p_value(drawn.micro),
        "labels": _labels(truth, delong_tests(labels, first, second), deltas, drawn.labels),
    }


def corrected(comparisons: Sequence[dict[str, Any]]) -> None:
    """Add `p_holm` to each: its p of the macro AUC, corrected for how many there are."""
    tested = holm(np.array([each["p"] for each in comparisons], float))
    for each, p in zip(comparisons, tested, strict=True):
        each["p_holm"] = plain(p)


def delong_tests(labels: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """DeLong's p of each label, (k,), uncorrected; NaN where there is nothing to test."""
    tests = []
    for label in range(labels.shape[1]):
        both = np.column_stack([first[:, label], second[:, label]])
        positive, both = pooled(labels[:, label], both)
        tests.append(delong.p_value(positive, *both.T))
    return np.array(tests)


def _labels(
    truth: Truth, tests: np.ndarray, deltas: np.ndarray, drawn: np.ndarray
) -> dict[str, dict[str, Any]]:
    corrected = holm(tests)
    return {
        name: {
            "delta": plain(deltas[label]),
            "ci": interval(drawn[:, label]),
            "p_delong": plain(tests[label]),
            "p_holm": plain(corrected[label]),
        }
        for label, name in enumerate(truth.label_names)
    }
