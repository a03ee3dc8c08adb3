"""Which labels are suspect: those that probabilities from outside the training contradict.

The self-confidence of a label is the probability of what it says: p where it says present, 1 - p
where it says absent (Northcutt et al., 2021, "Confident Learning").
"""

import numpy as np

# An image's quality counts its most suspect label most: each further label weighs a fifth of what
# is left (Thyagarajan et al., 2022, on multi-label data).
WEIGHT = 0.8


def self_confidence(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """The probability of what each label says (n, k); NaN where it is not reported."""
    said = np.where(labels == 1, probabilities, 1 - probabilities)
    return np.where(np.isnan(labels), np.nan, said)


def image_quality(confidence: np.ndarray) -> np.ndarray:
    """One number (n,) for the labels of an image together, low if any of them is suspect.

    It is the exponential moving average of the self-confidences (n, k) from the highest to the
    lowest; NaN where an image reports no label.
    """
    # NaN is sorted behind all numbers.
    rising = np.sort(confidence, axis=1)
    reported = np.count_nonzero(~np.isnan(rising), axis=1)[:, None]
    place = np.arange(rising.shape[1])
    left = (1 - WEIGHT) ** place
    weights = np.where(place == reported - 1, left, WEIGHT * left)
    found = np.where(place < reported, rising * weights, 0).sum(axis=1)
    return np.where(reported[:, 0] > 0, found, np.nan)


def ranks(quality: np.ndarray) -> np.ndarray:
    """The place of each (n,) from 1, the most suspect; 0 for NaN, equal ones in their order."""
    order = np.argsort(quality, kind="stable")
    places = np.zeros(len(quality), int)
    places[order] = np.arange(1, len(quality) + 1)
    return np.where(np.isnan(quality), 0, places)


def precision_at(wrong: np.ndarray, quality: np.ndarray, count: int) -> float:
    """The share of wrong labels (n,) among this many of the lowest quality; NaN for a count of 0.

    NaN qualities never come first.
    """
    first = np.argsort(quality, kind="stable")[:count]
    return float(wrong[first].mean()) if len(first) else np.nan
