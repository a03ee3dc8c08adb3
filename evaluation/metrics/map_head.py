"""Mean average precision over the third of labels that are most common in training."""

import numpy as np

from evaluation.metric import Evidence, of_third, third
from evaluation.metrics.average_precision import AveragePrecision

__all__ = ["MapHead"]


class MapHead(AveragePrecision):
    """Mean average precision over the head of the labels."""

    title = "mAP of head labels"
    headline = False
    explained = of_third("most common")

    def by_label(self, evidence: Evidence) -> np.ndarray:
        """Average precision of the head labels; NaN for the others."""
        return np.where(self.members(evidence), super().by_label(evidence), np.nan)

    def members(self, evidence: Evidence) -> np.ndarray:
        """The head labels, (k,)."""
        return third(evidence, 0)
