"""AUCs of cross-validated scores: computed inside each fold, then averaged.

Every fold is scored by its own model, so an image is compared with images of its own fold only.

Each pair of folds meets twice, one as what is learned from and the other as what is scored, so AUCs
of folds vary together. Resampling patients alone misses this: where there is nothing to learn, it
finds half of the variance. As Nadeau and Bengio (2003) do for the t test, intervals take it to be
1 + n_folds * n_scored / n_learned times as large.
"""

from functools import partial
from typing import Any

import numpy as np

from arrays import plain
from evaluation import bootstrap, certainty
from evaluation.auc import macro


def fold_aucs(
    labels: np.ndarray,
    scores: np.ndarray,
    folds: np.ndarray,
    patients: np.ndarray,
    *,
    n_replicates: int = bootstrap.N_REPLICATES,
    seed: int = 0,
) -> list[dict[str, Any]]:
    """AUC of each label with its patient-clustered interval, from scores (n, k) and folds (n,).

    A fold in which a label has one class does not count.
    """
    owners, n_patients = bootstrap.number(patients)
    inside = [folds == fold for fold in np.unique(folds)]
    rankings = [
        bootstrap.ranking(column[who], values[who], owners[who], n_patients)
        for column, values in zip(labels.T, scores.T, strict=True)
        for who in inside
    ]
    figures = partial(_means, partial(bootstrap.aucs, rankings), len(inside))
    resampled = bootstrap.resample(figures, n_patients, n_replicates, seed, bootstrap.ALONE)
    whole = figures(bootstrap.once(n_patients))[0]
    widened = np.clip(whole + _widening(len(inside)) * (resampled - whole), 0, 1)
    missing = certainty.missing(labels, owners).labels
    return [
        _figures(labels[:, label], owners, whole[label], widened[:, label], why)
        for label, why in enumerate(missing)
    ]


def _widening(n_folds: int) -> float:
    """How much wider intervals are, as a fold is scored after learning from all others."""
    return float(np.sqrt(1 + n_folds / (n_folds - 1)))


def _means(aucs: bootstrap.Figures, n_folds: int, weights: np.ndarray) -> np.ndarray:
    """Mean AUC over folds of each label (B, k) under weights (patients, B)."""
    by_fold = aucs(weights)
    return macro(by_fold.reshape(len(by_fold), -1, n_folds))


def _figures(
    labels: np.ndarray, owners: np.ndarray, auc: float, resampled: np.ndarray, why: str | None
) -> dict[str, Any]:
    ci, why = certainty.estimated(resampled, why)
    counts = certainty.count(labels, owners)
    return {
        "auc": plain(auc),
        "auc_ci": ci,
        "auc_ci_missing": why,
        "positives": int(np.count_nonzero(labels == 1)),
        "films": counts.images,
        "patients": counts.patients,
    }
