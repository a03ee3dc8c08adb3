"""Overconfidence: how far the probability of the class chosen is above its accuracy."""

import numpy as np

from evaluation.metric import EXCLUSIVE, Evidence, Metric, no_label

__all__ = ["Overconfidence"]


class Overconfidence(Metric):
    """Mean probability of the most probable class, minus accuracy."""

    title = "Overconfidence"
    explained = (
        "The mean probability of the most probable class, minus accuracy: 0 if these probabilities"
        " are right on average, above 0 if they promise too much."
    )
    higher_is_better = False
    tasks = (EXCLUSIVE,)

    def by_label(self, evidence: Evidence) -> np.ndarray:
        """None: it is about all classes together."""
        return no_label(evidence)

    def overall(self, evidence: Evidence, by_label: np.ndarray) -> np.ndarray:
        """The difference of each replicate, (B,)."""
        return evidence.of_classes.overconfidence
