"""Average precision of each label, and their mean, mAP."""

import numpy as np

from evaluation.metric import Evidence, Metric

__all__ = ["AveragePrecision"]


class AveragePrecision(Metric):
    """Average precision; overall it is mAP, the mean over labels."""

    title = "Average precision"
    headline = True
    explained = (
        "The area under the precision-recall curve: of the images ranked as high as a positive one,"
        " the share that is positive, averaged over all positive images. Overall it is the mean"
        " over labels (mAP). Without any skill it is the share of positive images."
    )

    def by_label(self, evidence: Evidence) -> np.ndarray:
        """The area under the precision-recall curve by steps, as in scikit-learn."""
        return np.column_stack([each.average_precision for each in evidence.curves])
