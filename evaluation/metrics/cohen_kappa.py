"""Cohen's kappa: agreement of chosen and true classes beyond chance."""

import numpy as np

from evaluation.metric import EXCLUSIVE, Evidence, Metric, no_label

__all__ = ["CohenKappa"]


class CohenKappa(Metric):
    """Agreement beyond chance, as a share of the most that is possible."""

    title = "Cohen's kappa"
    explained = (
        "Agreement of the classes chosen with the true ones beyond what chance gives, as a share of"
        " the most that is possible: 0 is chance, 1 is perfect."
    )
    tasks = (EXCLUSIVE,)

    def by_label(self, evidence: Evidence) -> np.ndarray:
        """None: it is about all classes together."""
        return no_label(evidence)

    def overall(self, evidence: Evidence, by_label: np.ndarray) -> np.ndarray:
        """The kappa of each replicate, (B,)."""
        return evidence.of_classes.kappa
