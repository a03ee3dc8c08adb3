"""Thresholds and calibration of a training set in another hospital, before and after recalibration.

Sensitivity and specificity are those at the training set's thresholds.
"""

from collections.abc import Hashable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeVar

import numpy as np

from arrays import plain
from evaluation import bootstrap, calibration_lines, certainty
from evaluation.auc import macro
from evaluation.bootstrap import Workers
from evaluation.calibration_error import brier, calibration_error
from evaluation.decisions import Decisions, undecided
from evaluation.measures import decided_cells
from evaluation.patient_cells import PatientCells
from evaluation.reported_labels import by_label
from evaluation.truth import Truth

Key = TypeVar("Key", bound=Hashable)
IN_THE_LARGE, SLOPE = "calibration_in_the_large", "slope"
RATES = SENSITIVITY, SPECIFICITY = ("sensitivity", "specificity")


class State(NamedTuple):
    """Probabilities (n, k) of a model, and thresholds (k,) or (n, k) from the training set."""

    probabilities: np.ndarray
    thresholds: np.ndarray


def of_states(
    truth: Truth,
    states: Mapping[Key, State],
    *,
    n_replicates: int = bootstrap.N_REPLICATES,
    seed: int = 0,
    workers: Workers = bootstrap.ALONE,
) -> dict[Key, dict[str, Any]]:
    """Each state's figures over all labels and, under `labels`, for each: calibration in the large,
    its slope, sensitivity, specificity, Brier score and calibration error."""
    cells = [
        decided_cells(truth.labels, each[0], truth.owners, each[1]) for each in states.values()
    ]
    rates = partial(_rates, cells)
    n_patients = int(truth.owners.max()) + 1
    whole = rates(bootstrap.once(n_patients))
    resampled = bootstrap.resample(rates, n_patients, n_replicates, seed, workers)
    shape = (-1, len(states), len(RATES), len(truth.label_names))
    whole, resampled = whole.reshape(shape)[0], resampled.reshape(shape)
    return {
        name: _state(truth, each, whole[place], resampled[:, place])
        for place, (name, each) in enumerate(states.items())
    }


def _rates(cells: Sequence[PatientCells], weights: np.ndarray) -> np.ndarray:
    """Sensitivity, then specificity of each label, of one state after the other, (B, c)."""
    decided = [Decisions(*each.under(weights)) for each in cells]
    return np.column_stack([rate for each in decided for rate in (each.recall, each.specificity)])


def _state(truth: Truth, state: State, whole: np.ndarray, resampled: np.ndarray) -> dict[str, Any]:
    few = certainty.missing(truth.labels, truth.owners).labels
    columns = [*zip(truth.labels.T, state.probabilities.T, strict=True)]
    found = {
        name: calibration_lines.estimates(
            [fitting(*column, truth.owners) for column in columns], few
        )
        for name, fitting in (
            (IN_THE_LARGE, calibration_lines.in_the_large),
            (SLOPE, calibration_lines.slope),
        )
    }
    decided = undecided(truth.labels, state.thresholds)
    why = [one or other for one, other in zip(decided, few, strict=True)]
    found |= {
        name: _rate(whole[place], resampled[:, place], why) for place, name in enumerate(RATES)
    }
    errors = {
        name: by_label(figure, truth.labels, state.probabilities)
        for name, figure in (("brier", brier), ("ece", calibration_error))
    }
    return (
        {name: {key: each[key] for key in each if key != "labels"} for name, each in found.items()}
        | {name: plain(macro(each)) for name, each in errors.items()}
        | {
            "labels": {
                label: {name: each["labels"][place] for name, each in found.items()}
                | {name: plain(each[place]) for name, each in errors.items()}
                for place, label in enumerate(truth.label_names)
            }
        }
    )


def _rate(
    whole: np.ndarray, resampled: np.ndarray, missing: Sequence[str | None]
) -> dict[str, Any]:
    """The mean of a rate over the labels that have it, and that of each label (k,)."""
    labels = [_estimate(*each) for each in zip(whole, resampled.T, missing, strict=True)]
    overall = _estimate(macro(whole), macro(resampled), certainty.of_any(missing))
    return overall | {"labels": labels}


def _estimate(value: Any, resampled: np.ndarray, why: str | None) -> dict[str, Any]:
    ci, why = certainty.estimated(resampled, why)
    return {"value": plain(value), "ci": ci, "ci_missing": why}
