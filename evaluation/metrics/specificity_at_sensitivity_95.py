"""Specificity at a sensitivity of 0.95."""

import numpy as np

from evaluation.metric import Evidence, Metric

__all__ = ["SpecificityAtSensitivity95"]


class SpecificityAtSensitivity95(Metric):
    """The specificity of the threshold that has a sensitivity of 0.95 on the evaluated images."""

    title = "Specificity at sensitivity 0.95"
    explained = (
        "The share of negative images that are not called positive by a threshold that finds 95"
        " % of the positive images. It is read off the ROC curve of the evaluated images, whose"
        " points are joined by straight lines. Its"
        " interval is too narrow with fewer than 50 to 100 patients with the finding."
    )

    def by_label(self, evidence: Evidence) -> np.ndarray:
        """Read off the ROC curve; at a horizontal piece the highest."""
        return np.column_stack([each.specificity(0.95) for each in evidence.curves])
