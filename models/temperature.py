"""Calibration of exclusive classes: one temperature, fitted to validation images.

Dirichlet calibration fits a number for each pair of classes, for which rare classes have too few
validation images, and it can change which class is the most probable one. A temperature never does.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

import arrays
import storage
from errors import BadArrays
from evaluation.class_choice import of_all_classes
from models.calibration import NEAREST

COLDEST, HOTTEST = 0.05, 20.0


@dataclass(frozen=True)
class Temperature:
    """What the logits of all classes are divided by before the softmax."""

    temperature: float

    @classmethod
    def fit(cls, labels: np.ndarray, probabilities: np.ndarray) -> Self:
        """Fitted to validation images, (n, k) both, or (n, 1) for one of two classes.

        It is 1 if the images are of fewer than two classes.
        """
        truth, logits = of_all_classes(labels), _logits(probabilities)
        known = (truth == 1).sum(axis=1) == 1
        truth, logits = truth[known], logits[known]
        counts = truth.sum(axis=0)
        if np.count_nonzero(counts) < 2:
            return cls(1.0)
        # Platt's targets for any number of classes, so that a few images do not make it certain.
        n_of_own, n_classes = (truth @ counts)[:, None], truth.shape[1]
        targets = (truth * n_of_own + 1) / (n_of_own + n_classes)

        def cross_entropy(logarithm: float) -> float:
            fitted = log_softmax(logits * np.exp(-logarithm), axis=1)
            return float(-(targets * fitted).sum(axis=1).mean())

        bounds = (np.log(COLDEST), np.log(HOTTEST))
        found = minimize_scalar(cross_entropy, bounds=bounds, method="bounded")
        return cls(float(np.exp(found.x)))

    def __call__(self, probabilities: np.ndarray) -> np.ndarray:
        """Calibrated probabilities (n, k) float32, with the same most probable classes."""
        calibrated = softmax(_logits(probabilities) / self.temperature, axis=1)
        return calibrated[:, : probabilities.shape[1]].astype(np.float32)

    def save(self, path: Path) -> None:
        """Write the number to an npz file."""
        np.savez(path, allow_pickle=False, temperature=np.array([self.temperature]))

    @classmethod
    def load(cls, path: Path) -> Self:
        """The temperature from an npz file."""
        saved = arrays.read(storage.read_bytes(path)).get("temperature", np.array([]))
        if saved.shape != (1,) or not COLDEST <= saved[0] <= HOTTEST:
            raise BadArrays(f"the temperature must be from {COLDEST} to {HOTTEST}")
        return cls(float(saved[0]))


def _logits(probabilities: np.ndarray) -> np.ndarray:
    return np.log(np.clip(of_all_classes(probabilities.astype(float)), NEAREST, 1 - NEAREST))
