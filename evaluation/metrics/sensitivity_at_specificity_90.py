"""Sensitivity at a specificity of 0.90."""

import numpy as np

from evaluation.metric import Evidence, Metric

__all__ = ["SensitivityAtSpecificity90"]


class SensitivityAtSpecificity90(Metric):
    """The sensitivity of the threshold that has a specificity of 0.90 on the evaluated images."""

    title = "Sensitivity at specificity 0.90"
    explained = (
        "The share of positive images that are found by a threshold that calls 10 % of the "
        "negative images positive. It is read off the ROC curve of the evaluated images, whose "
        "points are joined by straight lines."
    )

    def by_label(self, evidence: Evidence) -> np.ndarray:
        """Read off the ROC curve; at a vertical piece the highest."""
        return np.column_stack([each.sensitivity(0.90) for each in evidence.curves])
