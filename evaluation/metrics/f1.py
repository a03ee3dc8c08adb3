"""F1 at the thresholds."""

import numpy as np

from evaluation.metric import MULTILABEL, THRESHOLDS, Evidence, Metric

__all__ = ["F1"]


class F1(Metric):
    """F1 of the decisions."""

    title = "F1"
    explained = "The harmonic mean of sensitivity and positive predictive value at the threshold."
    needs = THRESHOLDS
    tasks = (MULTILABEL,)

    def by_label(self, evidence: Evidence) -> np.ndarray:
        """NaN where it would be divided by 0."""
        return evidence.decided.f1
