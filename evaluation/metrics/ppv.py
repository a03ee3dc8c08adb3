"""Positive predictive value at the thresholds."""

import numpy as np

from evaluation.metric import THRESHOLDS, Evidence, Metric

__all__ = ["Ppv"]


class Ppv(Metric):
    """Positive predictive value of the decisions."""

    title = "Positive predictive value"
    explained = (
        "The share of the images called positive that are positive (precision). It depends on "
        "how common the finding is among the evaluated images."
    )
    needs = THRESHOLDS

    def by_label(self, evidence: Evidence) -> np.ndarray:
        """NaN where it would be divided by 0."""
        return evidence.decided.precision
