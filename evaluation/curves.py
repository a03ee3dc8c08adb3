"""All thresholds at once: ROC and precision-recall curves, average precision."""

import numpy as np


def operating_points(positive: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, ...]:
    """Distinct scores, falling, and how many true and false positives are at or above each."""
    order = np.argsort(-scores)
    falling = scores[order]
    lasts = np.flatnonzero(np.append(falling[1:] != falling[:-1], True)[: len(falling)])
    found = np.cumsum(positive[order], dtype=float)[lasts]
    return falling[lasts], found, lasts + 1 - found


def roc(positive: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """False and true positive rates from (0, 0) to (1, 1); needs both classes."""
    _, found, false = operating_points(positive, scores)
    return np.append(0, false / false[-1]), np.append(0, found / found[-1])


def precision_recall(positive: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Recall and precision at each distinct score, falling; needs a positive."""
    _, found, false = operating_points(positive, scores)
    return found / found[-1], found / (found + false)


def average_precision(positive: np.ndarray, scores: np.ndarray) -> float:
    """Precision averaged over the positives, equal scores together; NaN without a positive."""
    if not positive.any():
        return np.nan
    recall, precision = precision_recall(positive, scores)
    return float(np.sum(np.diff(recall, prepend=0) * precision))
