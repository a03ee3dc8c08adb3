"""Calibration: Platt scaling of each label's logits on validation images."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, logit

import arrays
import storage
from errors import BadArrays

# Slopes are positive, so calibration changes neither the order of images nor any AUC.
SLOPES = (0.05, 20.0)
NEAREST = 1e-7


@dataclass(frozen=True)
class Calibration:
    """Slope and shift (k,) of each label's logits."""

    slopes: np.ndarray
    shifts: np.ndarray

    @classmethod
    def fit(
        cls,
        labels: np.ndarray,
        probabilities: np.ndarray,
        limits: tuple[float, float] = SLOPES,
    ) -> Self:
        """Fitted to validation images, (n, k) both; a label with one class is not changed.

        Slopes lie within the limits; with (1, 1) the shifts alone are fitted.
        """
        logits = _logits(probabilities)
        pairs = [_platt(*column, limits) for column in zip(labels.T, logits.T, strict=True)]
        slopes, shifts = np.array(pairs).T
        return cls(slopes, shifts)

    def __call__(self, probabilities: np.ndarray) -> np.ndarray:
        """Calibrated probabilities (n, k) float32, in the same order for every label."""
        return expit(self.slopes * _logits(probabilities) + self.shifts).astype(np.float32)

    def save(self, path: Path) -> None:
        """Write the numbers to an npz file."""
        np.savez(path, allow_pickle=False, slopes=self.slopes, shifts=self.shifts)

    @classmethod
    def load(cls, path: Path, n_labels: int) -> Self:
        """The calibration of so many labels from an npz file."""
        saved = arrays.read(storage.read_bytes(path))
        for name in ("slopes", "shifts"):
            if saved[name].shape != (n_labels,) or not np.isfinite(saved[name]).all():
                raise BadArrays(f"{name} of a calibration must be {n_labels} numbers")
        return cls(saved["slopes"], saved["shifts"])


def _platt(
    labels: np.ndarray, logits: np.ndarray, limits: tuple[float, float]
) -> tuple[float, float]:
    """Slope and shift with the least cross-entropy to Platt's targets, close to 0 and 1."""
    reported = ~np.isnan(labels)
    positive, logits = labels[reported] == 1, logits[reported]
    n_positive, n_negative = positive.sum(), (~positive).sum()
    if not n_positive or not n_negative:
        return 1.0, 0.0
    targets = np.where(positive, (n_positive + 1) / (n_positive + 2), 1 / (n_negative + 2))

    def cross_entropy(line: np.ndarray) -> tuple[float, np.ndarray]:
        scaled = line[0] * logits + line[1]
        error = expit(scaled) - targets
        loss = np.logaddexp(0, scaled) - targets * scaled
        return loss.mean(), np.array([(error * logits).mean(), error.mean()])

    solution = minimize(cross_entropy, (1.0, 0.0), jac=True, bounds=(limits, (None, None)))
    return tuple(solution.x)


def _logits(probabilities: np.ndarray) -> np.ndarray:
    return logit(np.clip(probabilities.astype(float), NEAREST, 1 - NEAREST))
