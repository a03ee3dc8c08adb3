"""One-vs-one AUC of Hand and Till."""

import numpy as np

from evaluation.metric import EXCLUSIVE, Evidence, Metric, no_label

__all__ = ["OneVsOneAuc"]


class OneVsOneAuc(Metric):
    """The mean AUC over all pairs of classes."""

    title = "One-vs-one AUC"
    explained = (
        "How well the probability of a class separates its images from those of one other class,"
        " averaged over all pairs of classes (Hand and Till). It does not depend on how common"
        " classes are."
    )
    tasks = (EXCLUSIVE,)

    def by_label(self, evidence: Evidence) -> np.ndarray:
        """None: it is about all classes together."""
        return no_label(evidence)

    def overall(self, evidence: Evidence, by_label: np.ndarray) -> np.ndarray:
        """The mean over pairs of each replicate, (B,)."""
        return evidence.of_classes.one_vs_one_auc
