"""Sensitivity at the thresholds."""

import numpy as np

from evaluation.metric import THRESHOLDS, Evidence, Metric

__all__ = ["Sensitivity"]


class Sensitivity(Metric):
    """Sensitivity of the decisions."""

    title = "Sensitivity"
    explained = "The share of positive images that are called positive at the threshold (recall)."
    needs = THRESHOLDS

    def by_label(self, evidence: Evidence) -> np.ndarray:
        """NaN where it would be divided by 0."""
        return evidence.decided.recall
