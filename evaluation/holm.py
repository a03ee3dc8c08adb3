"""Holm's correction: the chance of even one false finding among several tests stays as it was."""

import numpy as np


def holm(p_values: np.ndarray) -> np.ndarray:
    """Corrected p-values, (k,); a NaN stays and does not count as a test."""
    corrected = np.full(len(p_values), np.nan)
    tested = np.flatnonzero(~np.isnan(p_values))
    order = tested[np.argsort(p_values[tested], kind="stable")]
    scaled = p_values[order] * np.arange(len(order), 0, -1)
    corrected[order] = np.minimum(np.maximum.accumulate(scaled), 1)
    return corrected
