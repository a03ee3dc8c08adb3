"""Figures over the labels that images report; a NaN label never counts."""

from collections.abc import Callable

import numpy as np


def by_label(
    figure: Callable[[np.ndarray, np.ndarray], float], labels: np.ndarray, scores: np.ndarray
) -> np.ndarray:
    """figure(positive, scores) of each label over the images that report it, (k,)."""
    columns = zip(labels.T, scores.T, strict=True)
    return np.array([figure(*pooled(column, values)) for column, values in columns], float)


def pooled(labels: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whether each reported label is positive, and its score; both flat and row by row."""
    reported = ~np.isnan(labels)
    return labels[reported] == 1, scores[reported]


def prevalence(labels: np.ndarray) -> np.ndarray:
    """Share of positives of each label among the images that report it, (k,); 0 where none does."""
    reported = np.count_nonzero(~np.isnan(labels), axis=0)
    return np.count_nonzero(labels == 1, axis=0) / np.maximum(reported, 1)


def prevalence_micro_auc(labels: np.ndarray, prevalences: np.ndarray) -> float:
    """Micro AUC of the prevalence-only baseline: every image gets each label's prevalence, (k,)."""
    positives, negatives = (np.count_nonzero(labels == kind, axis=0) for kind in (1, 0))
    pairs = positives.sum() * negatives.sum()
    # There are only as many distinct scores as labels, so nothing has to be sorted.
    lower = prevalences[:, None] > prevalences
    equal = prevalences[:, None] == prevalences
    won = positives @ (lower @ negatives + equal @ negatives / 2)
    return float(won / pairs) if pairs else np.nan
