"""The pairs of a film and a label that are reported; NaN labels never reach a figure."""

from collections.abc import Callable

import numpy as np


def by_label(
    figure: Callable[[np.ndarray, np.ndarray], float], labels: np.ndarray, scores: np.ndarray
) -> np.ndarray:
    """figure(positive, scores) of each label over the films that report it, (k,)."""
    columns = zip(labels.T, scores.T, strict=True)
    return np.array([figure(*pooled(column, values)) for column, values in columns], float)


def pooled(labels: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whether each reported pair is positive, and its score; both flat and row by row."""
    reported = ~np.isnan(labels)
    return labels[reported] == 1, scores[reported]
