"""Exclusive classes in report.json: confusion matrices, top-label calibration, McNemar's test."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.stats import binomtest

from arrays import plain
from evaluation.calibration_error import calibration_error
from evaluation.class_choice import most_probable, of_all_classes
from evaluation.scores import Scores
from evaluation.truth import Truth


def of_model(truth: Truth, scores: Scores, classes: Sequence[str]) -> dict[str, Any]:
    """Under `classes` their names, and the counts of images by true class and by the one chosen.

    `top_label_ece` is the calibration error of the probability of the class chosen, over bins.
    Resampling raises it by chance, so it has no interval. Independent labels have none of this.
    """
    if not classes:
        return {}
    actual, chosen = _rows(truth, scores)
    counts = actual.T.astype(int) @ chosen.astype(int)
    confidence = of_all_classes(scores.probabilities).max(axis=1)
    ece = calibration_error(_right(actual, chosen), confidence)
    facts = {"names": named(truth, classes), "confusion": counts.tolist()}
    return {"classes": facts | {"top_label_ece": plain(ece)}}


def named(truth: Truth, classes: Sequence[str]) -> list[str]:
    """All classes in the order of the matrix: of two, the label comes first."""
    others = [name for name in classes if name not in truth.label_names]
    return [*truth.label_names, *others]


def of_pair(
    truth: Truth, model: Scores, baseline: Scores, classes: Sequence[str]
) -> dict[str, Any]:
    """Under `mcnemar`, whether one of the models chooses the right class more often."""
    if not classes:
        return {}
    right = (_right(*_rows(truth, each)) for each in (model, baseline))
    return {"mcnemar": mcnemar(*right)}


def mcnemar(ours: np.ndarray, theirs: np.ndarray) -> dict[str, Any]:
    """Images (n,) on which only one of two models is right, and McNemar's exact p.

    The test takes images as independent, like DeLong's.
    """
    only_ours = int(np.count_nonzero(ours & ~theirs))
    only_theirs = int(np.count_nonzero(theirs & ~ours))
    differing = only_ours + only_theirs
    p = binomtest(only_ours, differing).pvalue if differing else 1.0
    return {"only_model_right": only_ours, "only_baseline_right": only_theirs, "p": float(p)}


def _rows(truth: Truth, scores: Scores) -> tuple[np.ndarray, np.ndarray]:
    """Masks (n, c) of the true class of each image and of the one chosen."""
    probabilities = of_all_classes(scores.probabilities)
    return of_all_classes(truth.labels) == 1, most_probable(probabilities)


def _right(actual: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    return (actual & chosen).any(axis=1)
