"""Exclusive classes: the most probable one is chosen, of equal ones the first."""

import numpy as np

# From it on, one of two classes is the more probable one.
HALF = 0.5


def most_probable(probabilities: np.ndarray) -> np.ndarray:
    """Mask (n, k) with one True in each row: the class that is chosen."""
    chosen = np.zeros(probabilities.shape, bool)
    if len(chosen):
        np.put_along_axis(chosen, probabilities.argmax(axis=1)[:, None], True, axis=1)
    return chosen


def as_thresholds(probabilities: np.ndarray) -> np.ndarray:
    """Thresholds (n, k) that only the class chosen reaches: 0 for it, and infinity for others.

    With these, each class is decided and evaluated like a label. If one of two classes is the only
    label, they are a half.
    """
    if probabilities.shape[1] == 1:
        return np.full(1, HALF)
    return np.where(most_probable(probabilities), 0.0, np.inf)


def of_all_classes(values: np.ndarray) -> np.ndarray:
    """Labels or probabilities with a column for each class; one of two classes implies the other.

    The label comes first.
    """
    return np.column_stack([values, 1 - values]) if values.shape[1] == 1 else values
