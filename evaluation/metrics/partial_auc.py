"""Partial AUC: the ROC curve at high specificities alone."""

import numpy as np

from evaluation.metric import Evidence, Metric

__all__ = ["PartialAuc"]


class PartialAuc(Metric):
    """AUC over specificities of 0.90 and more, scaled as by McClish."""

    title = "Partial AUC (specificity ≥ 0.90)"
    explained = (
        "The area under the ROC curve where the specificity is at least 0.90, scaled so that "
        "0.5 is chance and 1 is perfect (McClish; scikit-learn's max_fpr=0.1)."
    )

    def by_label(self, evidence: Evidence) -> np.ndarray:
        """As `roc_auc_score(..., max_fpr=0.1)` of scikit-learn."""
        return np.column_stack([each.partial_auc(0.9) for each in evidence.curves])
