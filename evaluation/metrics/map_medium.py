"""Mean average precision over the third of labels that are moderately common in training."""

import numpy as np

from evaluation.metric import Evidence, of_third, third
from evaluation.metrics.average_precision import AveragePrecision

__all__ = ["MapMedium"]


class MapMedium(AveragePrecision):
    """Mean average precision over the medium of the labels."""

    title = "mAP of medium labels"
    headline = False
    explained = of_third("moderately common")

    def by_label(self, evidence: Evidence) -> np.ndarray:
        """Average precision of the medium labels; NaN for the others."""
        return np.where(self.members(evidence), super().by_label(evidence), np.nan)

    def members(self, evidence: Evidence) -> np.ndarray:
        """The medium labels, (k,)."""
        return third(evidence, 1)
