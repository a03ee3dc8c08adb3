"""Macro F1 over exclusive classes."""

import numpy as np

from evaluation.metric import EXCLUSIVE, Evidence, Metric, no_label

__all__ = ["MacroF1"]


class MacroF1(Metric):
    """The mean over classes of F1."""

    title = "Macro F1"
    explained = (
        "The harmonic mean of precision and recall of each class, averaged over classes. Both"
        " classes of a two-class set count."
    )
    tasks = (EXCLUSIVE,)

    def by_label(self, evidence: Evidence) -> np.ndarray:
        """None: it is about all classes together."""
        return no_label(evidence)

    def overall(self, evidence: Evidence, by_label: np.ndarray) -> np.ndarray:
        """The mean F1 of each replicate, (B,)."""
        return evidence.of_classes.macro_f1
