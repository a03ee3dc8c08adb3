"""What is reached without looking at a film."""

import numpy as np


def prevalence(labels: np.ndarray) -> np.ndarray:
    """Share of positives of each label among the films that report it, (k,); 0 where none does."""
    reported = np.count_nonzero(~np.isnan(labels), axis=0)
    return np.count_nonzero(labels == 1, axis=0) / np.maximum(reported, 1)


def micro_no_skill(labels: np.ndarray, prevalences: np.ndarray) -> float:
    """Micro AUC of giving every film the (training) prevalence of each label, (k,)."""
    positives, negatives = (np.count_nonzero(labels == kind, axis=0) for kind in (1, 0))
    pairs = positives.sum() * negatives.sum()
    # As many distinct scores as labels, so that nothing has to be sorted.
    lower = prevalences[:, None] > prevalences
    equal = prevalences[:, None] == prevalences
    won = positives @ (lower @ negatives + equal @ negatives / 2)
    return float(won / pairs) if pairs else np.nan
