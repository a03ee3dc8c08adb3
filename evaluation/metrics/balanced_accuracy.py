"""Balanced accuracy: accuracy in which all classes weigh the same."""

import numpy as np

from evaluation.metric import EXCLUSIVE, Evidence, Metric, no_label

__all__ = ["BalancedAccuracy"]


class BalancedAccuracy(Metric):
    """The mean over classes of the share of their images that are called so."""

    title = "Balanced accuracy"
    explained = (
        "The share of right images within each class, averaged over classes, so that rare classes"
        " weigh as much as common ones."
    )
    tasks = (EXCLUSIVE,)
    headline = True

    def by_label(self, evidence: Evidence) -> np.ndarray:
        """None: it is about all classes together."""
        return no_label(evidence)

    def overall(self, evidence: Evidence, by_label: np.ndarray) -> np.ndarray:
        """The mean share of each replicate, (B,)."""
        return evidence.of_classes.balanced_accuracy
