"""Figures of a model on changed images, with replicates that are paired over all changes.

The replicates of resampled patients depend on the seed and the number of patients alone, so those
of two models, changes or severities may be subtracted from each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from arrays import plain
from evaluation import bootstrap, certainty
from evaluation.auc import macro
from evaluation.calibration_error import calibration_error
from evaluation.ranking import ranking
from evaluation.reported_labels import by_label
from evaluation.truth import Truth

AUC, ECE = "macro_auc", "ece"
COUNTED = ("sensitivity", "specificity", "brier", "flips")
FIGURES = (AUC, *COUNTED, ECE)
NO_ECE = "the calibration error depends on its bins; the Brier score has an interval"


class Seen(NamedTuple):
    """Probabilities (n, k) of n images and k labels, and decisions: 1, 0 or NaN, not decided."""

    probabilities: np.ndarray
    decisions: np.ndarray


@dataclass(frozen=True)
class Drawn:
    """A figure of the images themselves, and of B replicates of resampled patients, (B,).

    `missing` says why it has no interval; None if it may have one.
    """

    whole: float
    draws: np.ndarray
    missing: str | None = None

    def __sub__(self, other: "Drawn") -> "Drawn":
        return self._with(other, self.whole - other.whole, self.draws - other.draws)

    def __truediv__(self, other: "Drawn") -> "Drawn":
        with np.errstate(divide="ignore", invalid="ignore"):
            draws = self.draws / other.draws
        return self._with(other, self.whole / other.whole if other.whole else np.nan, draws)

    @property
    def estimate(self) -> dict[str, Any]:
        """`value`, its 95 % interval `ci`, and `ci_missing`, the reason if it has none."""
        ci, why = certainty.estimated(self.draws, self.missing)
        return {"value": plain(self.whole), "ci": ci, "ci_missing": why}

    def _with(self, other: "Drawn", whole: float, draws: np.ndarray) -> "Drawn":
        return Drawn(float(whole), draws, self.missing or other.missing)


class Measured(NamedTuple):
    """The FIGURES of a model over all labels, and the AUC of each label."""

    figures: dict[str, Drawn]
    labels: dict[str, Drawn]


def mean(several: Sequence[Drawn]) -> Drawn:
    """The mean of figures, at least one."""
    draws = np.mean([each.draws for each in several], axis=0)
    missing = next((each.missing for each in several if each.missing), None)
    return Drawn(float(np.mean([each.whole for each in several])), draws, missing)


def measured(truth: Truth, seen: Seen, unchanged: Seen, n_replicates: int, seed: int) -> Measured:
    """The figures of what a model sees in changed images, beside what it sees in unchanged ones.

    `flips` is the share of decisions that differ; every figure is a mean over labels.
    """
    missing = certainty.missing(truth.labels, truth.owners)
    aucs, columns = _aucs(truth, seen.probabilities, n_replicates, seed)
    counted = _counted(truth, seen, unchanged, n_replicates, seed)
    few = certainty.few_patients(len(truth.ids), int(truth.owners.max()) + 1)
    reasons = dict(zip(COUNTED, (missing.macro, missing.macro, few, few), strict=True))
    figures = {AUC: Drawn(float(macro(aucs)), macro(columns), missing.macro)} | {
        name: Drawn(float(values[0]), values[1:], reasons[name])
        for name, values in zip(COUNTED, counted.T, strict=True)
    }
    error = float(macro(by_label(calibration_error, truth.labels, seen.probabilities)))
    figures[ECE] = Drawn(error, np.full(n_replicates, np.nan), NO_ECE)
    labels = {
        name: Drawn(float(aucs[label]), columns[:, label], missing.labels[label])
        for label, name in enumerate(truth.label_names)
    }
    return Measured(figures, labels)


def macro_auc(truth: Truth, probabilities: np.ndarray, n_replicates: int, seed: int) -> Drawn:
    """The macro AUC of probabilities (n, k) alone."""
    aucs, columns = _aucs(truth, probabilities, n_replicates, seed)
    missing = certainty.missing(truth.labels, truth.owners)
    return Drawn(float(macro(aucs)), macro(columns), missing.macro)


def _aucs(
    truth: Truth, probabilities: np.ndarray, n_replicates: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """AUC of each label, (k,), and of its replicates, (B, k)."""
    n_patients = int(truth.owners.max()) + 1
    rankings = [
        ranking(labels, scores, truth.owners, n_patients)
        for labels, scores in zip(truth.labels.T, probabilities.T, strict=True)
    ]
    figures = partial(bootstrap.aucs, rankings)
    draws = bootstrap.resample(figures, n_patients, n_replicates, seed, strata=truth.strata)
    return figures(bootstrap.once(n_patients))[0], draws


def _counted(truth: Truth, seen: Seen, unchanged: Seen, n_replicates: int, seed: int) -> np.ndarray:
    """The COUNTED figures, the images themselves first, then replicates: (1 + B, figures)."""
    labels, (probabilities, decisions) = truth.labels, seen
    decided = ~np.isnan(labels) & ~np.isnan(decisions)
    reported, both = ~np.isnan(labels), ~np.isnan(decisions) & ~np.isnan(unchanged.decisions)
    shares = (
        (decisions == 1, decided & (labels == 1)),
        (decisions == 0, decided & (labels == 0)),
        ((probabilities - labels) ** 2, reported),
        (decisions != unchanged.decisions, both),
    )
    sums = np.stack([_by_patient(truth, *share) for share in shares], axis=1)
    n_patients = sums.shape[2]
    figures = partial(_shares, sums)
    whole = figures(bootstrap.once(n_patients))
    draws = bootstrap.resample(figures, n_patients, n_replicates, seed, strata=truth.strata)
    return np.vstack([whole, draws])


def _by_patient(truth: Truth, values: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """Sums of values (n, k) where they count, and how many count: (2, patients, k)."""
    sums = np.zeros((2, int(truth.owners.max()) + 1, counted.shape[1]))
    np.add.at(sums[0], truth.owners, np.where(counted, values, 0))
    np.add.at(sums[1], truth.owners, counted)
    return sums


def _shares(sums: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Means over labels of the shares that sums (2, figures, patients, k) make up: (B, figures)."""
    totals = np.einsum("sfpk,pb->sbfk", sums, weights.astype(float), optimize=True)
    with np.errstate(invalid="ignore"):
        return macro(totals[0] / totals[1])
