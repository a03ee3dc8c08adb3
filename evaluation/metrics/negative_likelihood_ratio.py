"""Negative likelihood ratio at the thresholds."""

import numpy as np

from evaluation.metric import MULTILABEL, THRESHOLDS, Evidence, Metric, geometric

__all__ = ["NegativeLikelihoodRatio"]


class NegativeLikelihoodRatio(Metric):
    """Negative likelihood ratio of the decisions."""

    title = "Negative likelihood ratio"
    explained = (
        "How many times more often positive images are called negative than negative images "
        "are. 1 is no evidence, and below 0.1 a negative call is strong evidence against the "
        "finding. Overall it "
        "is the geometric mean of the labels."
    )
    needs = THRESHOLDS
    tasks = (MULTILABEL,)
    higher_is_better = False

    def by_label(self, evidence: Evidence) -> np.ndarray:
        """Infinite where it is divided by 0."""
        return evidence.decided.negative_likelihood_ratio

    def overall(self, evidence: Evidence, by_label: np.ndarray) -> np.ndarray:
        """The geometric mean of the labels, since a plain mean is that of the largest ratio."""
        del evidence
        return geometric(by_label)
