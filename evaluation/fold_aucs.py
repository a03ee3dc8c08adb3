"""AUCs of cross-validated scores: computed inside each fold, then averaged.

Every fold is scored by its own model, so an image is compared with images of its own fold only.
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

    A fold in which a label has one class does not count. The intervals cover the choice of
    patients to score, not that of patients to learn from.
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
    missing = certainty.missing(labels, owners).labels
    return [
        _figures(labels[:, label], owners, whole[label], resampled[:, label], why)
        for label, why in enumerate(missing)
    ]


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
