"""Accuracy: how often the most probable class is right."""

import numpy as np

from evaluation.metric import EXCLUSIVE, Evidence, Metric, no_label

__all__ = ["Accuracy"]


class Accuracy(Metric):
    """The share of images whose most probable class is the right one."""

    title = "Accuracy"
    explained = (
        "The share of images whose most probable class is the right one. Common classes weigh more."
    )
    tasks = (EXCLUSIVE,)
    headline = True

    def by_label(self, evidence: Evidence) -> np.ndarray:
        """None: it is about all classes together."""
        return no_label(evidence)

    def overall(self, evidence: Evidence, by_label: np.ndarray) -> np.ndarray:
        """The share of each replicate, (B,)."""
        return evidence.of_classes.accuracy
