"""Recalibration on a few labelled patients of another hospital, so that none calibrates itself."""

from collections.abc import Callable

import numpy as np

from errors import InvalidOption
from evaluation.certainty import LEAST_PATIENTS

# Patients are judged in so many groups, each by a recalibration on patients of the others.
N_GROUPS = 5

Recalibrator = Callable[[np.ndarray], np.ndarray]
# From labels and probabilities (n, k) of calibrating images to a recalibrator of others.
Fitting = Callable[[np.ndarray, np.ndarray], Recalibrator]


def check_patients(count: int, n_patients: int, whose: str) -> None:
    """Refuse to recalibrate on too few patients, or on more than others can be judged by."""
    if not LEAST_PATIENTS <= count < n_patients:
        raise InvalidOption(
            f"--recalibrate must be at least {LEAST_PATIENTS} patients and fewer than the"
            f" {n_patients:,} of {whose}, so that none calibrates itself; got {count:,}. Name"
            " another number, or leave it out."
        )


def cross_fitted(
    labels: np.ndarray,
    probabilities: np.ndarray,
    owners: np.ndarray,
    count: int,
    fitting: Fitting,
    seed: int = 0,
) -> np.ndarray:
    """Probabilities (n, k), each recalibrated on `count` patients who are others than its own.

    Patients are drawn into groups; each group is judged by a recalibration on patients drawn from
    the other groups. Owners (n,) are the patients' numbers from 0.
    """
    n_patients = int(owners.max()) + 1
    rng = np.random.default_rng(seed)
    recalibrated = np.empty(probabilities.shape)
    for judged in np.array_split(rng.permutation(n_patients), _n_groups(count, n_patients)):
        others = np.setdiff1d(np.arange(n_patients), judged)
        calibrating = np.isin(owners, rng.choice(others, count, replace=False))
        fitted = fitting(labels[calibrating], probabilities[calibrating])
        rows = np.isin(owners, judged)
        recalibrated[rows] = fitted(probabilities[rows])
    return recalibrated


def _n_groups(count: int, n_patients: int) -> int:
    """Five groups, or as many as leave enough patients to calibrate on."""
    return max(N_GROUPS, -(-n_patients // (n_patients - count)))
