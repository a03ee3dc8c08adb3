"""What is reached without looking at a film."""

import numpy as np

from evaluation.auc import micro_auc


def prevalence(labels: np.ndarray) -> np.ndarray:
    """Share of positives of each label among the films that report it, (k,); 0 where none does."""
    reported = np.count_nonzero(~np.isnan(labels), axis=0)
    return np.count_nonzero(labels == 1, axis=0) / np.maximum(reported, 1)


def micro_no_skill(labels: np.ndarray, prevalences: np.ndarray) -> float:
    """Micro AUC of giving every film the (training) prevalence of each label, (k,)."""
    return micro_auc(labels, np.broadcast_to(prevalences, labels.shape))
