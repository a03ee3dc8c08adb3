"""Sensitivity at the thresholds."""

import numpy as np

from evaluation.metric import MULTILABEL, THRESHOLDS, Evidence, Metric

__all__ = ["Sensitivity"]


class Sensitivity(Metric):
    """Sensitivity of the decisions."""

    title = "Sensitivity"
    explained = "The share of positive images that are called positive at the threshold (recall)."
    needs = THRESHOLDS
    tasks = (MULTILABEL,)

    def by_label(self, evidence: Evidence) -> np.ndarray:
        """NaN where it would be divided by 0."""
        return evidence.decided.recall
