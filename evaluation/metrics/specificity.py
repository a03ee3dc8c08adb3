"""Specificity at the thresholds."""

import numpy as np

from evaluation.metric import THRESHOLDS, Evidence, Metric

__all__ = ["Specificity"]


class Specificity(Metric):
    """Specificity of the decisions."""

    title = "Specificity"
    explained = "The share of negative images that are called negative at the threshold."
    needs = THRESHOLDS

    def by_label(self, evidence: Evidence) -> np.ndarray:
        """NaN where it would be divided by 0."""
        return evidence.decided.specificity
