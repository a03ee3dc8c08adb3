"""How alike two maps are, whatever their units."""

import numpy as np

from evaluation.auc import midranks


def rank_correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Spearman's correlation of two maps (h, w), cell by cell; NaN where one is level."""
    ranks = np.array([midranks(heat.ravel()) for heat in (first, second)])
    centred = ranks - ranks.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(centred, axis=1)
    return float(centred[0] @ centred[1] / lengths.prod()) if lengths.all() else np.nan
