"""Mean average precision over the third of labels that are rarest in training."""

import numpy as np

from evaluation.metric import Evidence, of_third, third
from evaluation.metrics.average_precision import AveragePrecision

__all__ = ["MapTail"]


class MapTail(AveragePrecision):
    """Mean average precision over the tail of the labels."""

    title = "mAP of tail labels"
    headline = False
    explained = of_third("rarest")

    def by_label(self, evidence: Evidence) -> np.ndarray:
        """Average precision of the tail labels; NaN for the others."""
        return np.where(self.members(evidence), super().by_label(evidence), np.nan)

    def members(self, evidence: Evidence) -> np.ndarray:
        """The tail labels, (k,)."""
        return third(evidence, 2)
