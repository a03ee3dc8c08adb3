"""Sensitivity at a specificity of 0.95."""

import numpy as np

from evaluation.metric import Evidence, Metric

__all__ = ["SensitivityAtSpecificity95"]


class SensitivityAtSpecificity95(Metric):
    """The sensitivity of the threshold that has a specificity of 0.95 on the evaluated images."""

    title = "Sensitivity at specificity 0.95"
    explained = (
        "The share of positive images that are found by a threshold that calls 5 % of the "
        "negative images positive. It is read off the ROC curve of the evaluated images, whose "
        "points are joined by straight lines."
    )

    def by_label(self, evidence: Evidence) -> np.ndarray:
        """Read off the ROC curve; at a vertical piece the highest."""
        return np.column_stack([each.sensitivity(0.95) for each in evidence.curves])
