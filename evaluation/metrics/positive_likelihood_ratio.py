"""Positive likelihood ratio at the thresholds."""

import numpy as np

from evaluation.metric import MULTILABEL, THRESHOLDS, Evidence, Metric, geometric

__all__ = ["PositiveLikelihoodRatio"]


class PositiveLikelihoodRatio(Metric):
    """Positive likelihood ratio of the decisions."""

    title = "Positive likelihood ratio"
    explained = (
        "How many times more often positive images are called positive than negative images "
        "are. 1 is no evidence, and above 10 a positive call is strong evidence for the finding. "
        "Overall it is the geometric mean of the labels."
    )
    needs = THRESHOLDS
    tasks = (MULTILABEL,)

    def by_label(self, evidence: Evidence) -> np.ndarray:
        """Infinite where it is divided by 0."""
        return evidence.decided.positive_likelihood_ratio

    def overall(self, evidence: Evidence, by_label: np.ndarray) -> np.ndarray:
        """The geometric mean of the labels, since a plain mean is that of the largest ratio."""
        del evidence
        return geometric(by_label)
