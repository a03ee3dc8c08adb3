"""Exclusive classes: a softmax over the logits of all classes, not a sigmoid for each."""

from typing import Any

import numpy as np
from scipy.special import logsumexp, softmax


class Exclusive:
    """A model that knows, once it is fitted, whether its labels are exclusive classes."""

    exclusive_: Any

    @property
    def exclusive(self) -> bool:
        """Whether each image has exactly one of the labels."""
        return bool(getattr(self, "exclusive_", False))


def ranked(logits: np.ndarray, exclusive: bool) -> np.ndarray:
    """Scores (n, k) that rank images by each label: logits, or shares of exclusive classes."""
    return softmax(logits, axis=-1) if exclusive else logits


def completed(logits: np.ndarray, constants: np.ndarray) -> np.ndarray:
    """Logits (..., k) with those of classes that are not learned, whose constants (k,) are not NaN.

    Such a class gets its constant relative to the other classes together.
    """
    fixed = ~np.isnan(constants)
    if not fixed.any():
        return logits
    whole = np.array(logits, float)
    together = logsumexp(whole[..., ~fixed], axis=-1, keepdims=True) if not fixed.all() else 0.0
    whole[..., fixed] = together + np.log(constants[fixed])
    return whole


def prior_of_classes(labels: np.ndarray) -> np.ndarray:
    """Logarithm of each class's share of the images by Laplace's rule, (k,) float32."""
    counts = (labels == 1).sum(axis=0)
    return np.log((counts + 1) / (counts.sum() + len(counts))).astype(np.float32)


def weights_of_classes(labels: np.ndarray, softened: bool) -> np.ndarray:
    """Weights (2, k): 1 for absent classes, and those of present ones.

    All classes have the same total weight; softened weights are the square roots of these, scaled
    so that the mean weight of an image is 1.
    """
    counts = (labels == 1).sum(axis=0)
    balanced = counts.sum() / (max(np.count_nonzero(counts), 1) * np.maximum(counts, 1))
    if softened:
        balanced = np.sqrt(balanced)
        balanced *= counts.sum() / max((balanced * counts).sum(), 1e-9)
    return np.stack([np.ones(len(counts)), balanced]).astype(np.float32)
