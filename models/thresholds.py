"""From which probability on a finding is called present, for each label, by validation films."""

from collections.abc import Sequence

import numpy as np

import checks
from errors import InvalidOption
from evaluation.curves import operating_points
from evaluation.reported_labels import pooled
from models.calibration import Calibration
from models.classifier import Classifier, Labelled

RULES = ("f1", "recall")


def choose(
    labels: np.ndarray, probabilities: np.ndarray, rule: str, least_recall: float = 0.8
) -> np.ndarray:
    """Thresholds (k,) float32 of validation films (n, k); NaN for a label without a positive.

    `f1`: the best F1. `recall`: the highest threshold that finds at least this share of positives.
    """
    check(rule, least_recall)
    columns = zip(labels.T, probabilities.T, strict=True)
    return np.array([_threshold(*column, rule, least_recall) for column in columns], np.float32)


def by_validation(
    classifier: Classifier, validation: Labelled, rule: str, least_recall: float = 0.8
) -> tuple[Calibration, np.ndarray]:
    """What is left to choose once a classifier is fitted: its calibration, and thresholds (k,)."""
    views, labels = validation
    raw = classifier.predict_proba(views)
    calibration = Calibration.fit(labels, raw)
    return calibration, choose(labels, calibration(raw), rule, least_recall)


def check(rule: str, least_recall: float) -> None:
    """Refuse a rule or a recall that no threshold can be chosen by."""
    checks.one_of("thresholds", rule, RULES)
    if not 0 < least_recall <= 1:
        raise InvalidOption(f"recall must be above 0 and at most 1; got {least_recall}.")


def _threshold(
    labels: np.ndarray, probabilities: np.ndarray, rule: str, least_recall: float
) -> float:
    positive, scores = pooled(labels, probabilities)
    n_positive = positive.sum()
    if not n_positive:
        return np.nan
    thresholds, found, false = operating_points(positive, scores)
    if rule == "recall":
        # 0.8 times 5 is a little more than 4 to a computer.
        return thresholds[np.argmax(found >= least_recall * n_positive - 1e-9)]
    return thresholds[np.argmax(2 * found / (found + false + n_positive))]


def undecided(labels: Sequence[str]) -> str:
    """Labels that have no threshold, and why nothing is decided on them."""
    return (
        f"not decided, because no validation image has the finding to choose a threshold by:"
        f" {', '.join(labels)}"
    )
