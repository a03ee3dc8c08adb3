"""Positive likelihood ratio at the thresholds."""

import numpy as np

from evaluation.metric import MULTILABEL, THRESHOLDS, Evidence, Metric

__all__ = ["PositiveLikelihoodRatio"]


class PositiveLikelihoodRatio(Metric):
    """Positive likelihood ratio of the decisions."""

    title = "Positive likelihood ratio"
    explained = (
        "How many times more often positive images are called positive than negative images "
        "are. 1 says nothing, and above 10 a positive call is strong evidence for the finding."
    )
    needs = THRESHOLDS
    tasks = (MULTILABEL,)

    def by_label(self, evidence: Evidence) -> np.ndarray:
        """Infinite where it is divided by 0."""
        return evidence.decided.positive_likelihood_ratio
