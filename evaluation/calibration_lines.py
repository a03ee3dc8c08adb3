"""Calibration in the large and the calibration slope of labels, with intervals by patient.

Both are coefficients of a logistic regression of the truth on the logit of the probability. In the
large, the slope is fixed at 1: the intercept is 0 if as many images are positive as predicted, and
below 0 if too many are predicted. A slope below 1 means that probabilities are too extreme. Their
variance is that of sums over patients (a sandwich estimate), so images of a patient may be alike.
"""

from collections.abc import Callable, Sequence
from functools import partial
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
from scipy.special import expit, logit

from arrays import plain
from evaluation import certainty

NEAREST = 1e-7
STEPS, CLOSE, LARGEST = 50, 1e-9, 50.0
NO_FIT = "all images with the finding have a higher probability than all without it, or the other"
NO_FIT += " way round, so that no slope fits best"


# From values (n, p) of images to their sums (patients, p).
Sums = Callable[[np.ndarray], np.ndarray]


class Coefficient(NamedTuple):
    """A coefficient, NaN if none fits, and how far each patient's images moved it, (patients,)."""

    value: float
    influence: np.ndarray


def in_the_large(labels: np.ndarray, probabilities: np.ndarray, owners: np.ndarray) -> Coefficient:
    """The intercept of one label (n,) with the slope at 1; owners (n,) are patients from 0."""

    def fitted(positive: np.ndarray, logits: np.ndarray, sums: Sums) -> Coefficient:
        return _fitted(np.ones((len(logits), 1)), positive, logits, sums)

    return _of_reported(fitted, labels, probabilities, owners)


def slope(labels: np.ndarray, probabilities: np.ndarray, owners: np.ndarray) -> Coefficient:
    """The slope of one label (n,), fitted together with an intercept."""

    def fitted(positive: np.ndarray, logits: np.ndarray, sums: Sums) -> Coefficient:
        design = np.column_stack([logits, np.ones(len(logits))])
        return _fitted(design, positive, np.zeros(len(logits)), sums)

    return _of_reported(fitted, labels, probabilities, owners)


def estimates(coefficients: Sequence[Coefficient], missing: Sequence[str | None]) -> dict[str, Any]:
    """The mean of the labels' coefficients, and under `labels` each of them, with intervals.

    `missing` has the reason why a label has no interval, or None.
    """
    reasons = [
        why or (NO_FIT if np.isnan(each.value) else None)
        for each, why in zip(coefficients, missing, strict=True)
    ]
    known = [each for each in coefficients if not np.isnan(each.value)]
    mean = Coefficient(
        float(np.mean([each.value for each in known])) if known else np.nan,
        np.mean([each.influence for each in known], axis=0) if known else np.empty(0),
    )
    overall = certainty.of_any(reasons)
    by_label = [_estimate(*each) for each in zip(coefficients, reasons, strict=True)]
    return _estimate(mean, overall) | {"labels": by_label}


def _estimate(one: Coefficient, why: str | None) -> dict[str, Any]:
    """A coefficient with the 95 % interval of a normal distribution."""
    if why:
        return {"value": plain(np.float64(one.value)), "ci": None, "ci_missing": why}
    # Patients without an image that reports the label have no influence.
    n_patients = np.count_nonzero(one.influence)
    spread = np.sqrt(np.square(one.influence).sum() * n_patients / max(n_patients - 1, 1))
    half = NormalDist().inv_cdf(0.975) * float(spread)
    return {"value": one.value, "ci": [one.value - half, one.value + half], "ci_missing": None}


def _of_reported(
    fitted: Callable[[np.ndarray, np.ndarray, Sums], Coefficient],
    labels: np.ndarray,
    probabilities: np.ndarray,
    owners: np.ndarray,
) -> Coefficient:
    """The coefficient over the images that report the label; NaN where it has one class."""
    n_patients = int(owners.max(initial=-1)) + 1
    reported = ~np.isnan(labels)
    positive = labels[reported] == 1
    if not positive.any() or positive.all():
        return Coefficient(np.nan, np.zeros(n_patients))
    logits = logit(np.clip(probabilities[reported].astype(float), NEAREST, 1 - NEAREST))
    return fitted(positive, logits, partial(_by_patient, owners[reported], n_patients))


def _by_patient(owners: np.ndarray, n_patients: int, values: np.ndarray) -> np.ndarray:
    """Sums (patients, p) of values (n, p)."""
    return np.column_stack([np.bincount(owners, each, n_patients) for each in values.T])


def _fitted(
    design: np.ndarray, positive: np.ndarray, offset: np.ndarray, sums: Sums
) -> Coefficient:
    """The first coefficient of a logistic regression, by Newton's method with limited steps."""
    found = np.zeros(design.shape[1])
    for _ in range(STEPS):
        predicted = expit(offset + design @ found)
        weights = predicted * (1 - predicted)
        curvature = design.T @ (design * weights[:, None])
        if np.linalg.cond(curvature) > 1 / CLOSE:
            break
        step = np.linalg.solve(curvature, design.T @ (positive - predicted))
        found = found + step / max(1.0, float(np.abs(step).max()))
        moved = sums(design * (positive - predicted)[:, None])
        if np.abs(step).max() < CLOSE:
            return Coefficient(float(found[0]), np.linalg.solve(curvature, moved.T)[0])
        if np.abs(found).max() > LARGEST:
            break
    return Coefficient(np.nan, np.zeros(len(sums(design))))
