"""Area under the ROC curve: per label, macro and micro; exact with ties."""

import numpy as np

from evaluation.reported_labels import by_label, pooled


def midranks(values: np.ndarray) -> np.ndarray:
    """Rank of each value from 1, (n,); equal values share the mean of their ranks."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[place]


def auc(positive: np.ndarray, scores: np.ndarray) -> float:
    """Chance that a positive is scored above a negative, ties counting half; NaN with one class."""
    n_positive = np.count_nonzero(positive)
    n_negative = len(positive) - n_positive
    if not n_positive or not n_negative:
        return np.nan
    above = midranks(scores)[positive].sum() - n_positive * (n_positive + 1) / 2
    return float(above / (n_positive * n_negative))


def label_aucs(labels: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """AUC of each label over the images that report it, (k,); NaN where it has one class."""
    return by_label(auc, labels, scores)


def micro_auc(labels: np.ndarray, scores: np.ndarray) -> float:
    """AUC over all reported pairs of an image and a label.

    Compare it with the prevalence-only baseline, which is far above 0.5.
    """
    return auc(*pooled(labels, scores))


def macro(aucs: np.ndarray) -> np.ndarray:
    """Mean over the last axis, over the labels that have an AUC; NaN where none has."""
    known = np.isfinite(aucs)
    with np.errstate(invalid="ignore"):
        return np.where(known, aucs, 0).sum(axis=-1) / known.sum(axis=-1)
