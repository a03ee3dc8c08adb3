"""The probability from which on each finding is called present, chosen on validation images."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

import checks
from errors import InvalidOption
from evaluation.class_choice import HALF
from evaluation.conformal import Bounds
from evaluation.curves import operating_points
from evaluation.reported_labels import pooled
from models.calibration import Calibration
from models.classifier import Classifier, Labelled
from models.temperature import Temperature

RULES = ("f1", "recall")


def choose(
    labels: np.ndarray, probabilities: np.ndarray, rule: str, least_recall: float = 0.8
) -> np.ndarray:
    """Thresholds (k,) float32 from validation images (n, k); NaN for a label without a positive.

    `f1`: the best F1. `recall`: the highest threshold with at least this recall.
    """
    check(rule, least_recall)
    columns = zip(labels.T, probabilities.T, strict=True)
    return np.array([_threshold(*column, rule, least_recall) for column in columns], np.float32)


class Chosen(NamedTuple):
    """What validation images choose: calibration, thresholds (k,), and bounds for abstaining."""

    calibration: Calibration | Temperature
    thresholds: np.ndarray
    bounds: Bounds


def by_validation(
    classifier: Classifier,
    validation: Labelled,
    patients: np.ndarray,
    rule: str,
    least_recall: float = 0.8,
    classes: Sequence[str] = (),
) -> Chosen:
    """What is chosen for a fitted classifier on validation images of these patients (n,).

    Of exclusive classes the most probable one is chosen: thresholds are NaN, or 0.5 where one of
    two classes is the label.
    """
    views, labels = validation
    raw = classifier.predict_proba(views)
    calibration = (Temperature if classes else Calibration).fit(labels, raw)
    calibrated = calibration(raw)
    if classes:
        threshold = np.nan if labels.shape[1] > 1 else HALF
        chosen = np.full(labels.shape[1], threshold, np.float32)
    else:
        chosen = choose(labels, calibrated, rule, least_recall)
    return Chosen(calibration, chosen, Bounds.of(labels, calibrated, patients))


def check(rule: str, least_recall: float) -> None:
    """Refuse an unknown rule, and a recall that is not above 0 and at most 1."""
    checks.one_of("thresholds", rule, RULES)
    if not 0 < least_recall <= 1:
        raise InvalidOption(f"recall must be above 0 and at most 1; got {least_recall}.")


def check_classes(asked: str, classes: Sequence[str]) -> None:
    """Refuse thresholds, or another rule for them, where the most probable class is chosen."""
    if classes and asked not in ("", RULES[0]):
        raise InvalidOption(
            "--thresholds is for independent labels; of exclusive classes the most probable one is"
            f" chosen; got {asked}. Leave it out, or pass --task multilabel."
        )


def _threshold(
    labels: np.ndarray, probabilities: np.ndarray, rule: str, least_recall: float
) -> float:
    positive, scores = pooled(labels, probabilities)
    n_positive = positive.sum()
    if not n_positive:
        return np.nan
    thresholds, true_positives, false_positives = operating_points(positive, scores)
    if rule == "recall":
        # In floating point, 0.8 times 5 is a little more than 4.
        return thresholds[np.argmax(true_positives >= least_recall * n_positive - 1e-9)]
    return thresholds[
        np.argmax(2 * true_positives / (true_positives + false_positives + n_positive))
    ]


def undecided(labels: Sequence[str]) -> str:
    """A sentence on labels without a threshold, which are not decided."""
    return (
        f"not decided, because no validation image has the finding to choose a threshold by:"
        f" {', '.join(labels)}"
    )
