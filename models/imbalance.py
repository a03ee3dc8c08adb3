"""Remedies for class imbalance: class weights, resampling and MixUp."""

import numpy as np

import checks
from evaluation.reported_labels import prevalence
from models.exclusive import weights_of_classes

WEIGHTINGS = ("none", "balanced", "softened")
RESAMPLINGS = ("none", "over", "under")
# At least this share of the images without a rare finding is kept.
LEAST_KEPT = 0.1


def class_weights(labels: np.ndarray, weighting: str, exclusive: bool = False) -> np.ndarray:
    """Weights (2, k) of absent and present findings from the labels (n, k) of training images.

    Balanced: both classes of a label have the same total weight. Softened: the square roots of
    these weights, scaled so that the mean weight of an image is 1. Exclusive classes have weights
    in the same way, one for each class.
    """
    checks.one_of("class_weights", weighting, WEIGHTINGS)
    counts = np.stack([(labels == 0).sum(axis=0), (labels == 1).sum(axis=0)])
    if weighting == "none":
        return np.ones(counts.shape, np.float32)
    if exclusive:
        return weights_of_classes(labels, weighting == "softened")
    balanced = counts.sum(axis=0) / (2 * np.maximum(counts, 1))
    if weighting == "softened":
        softened = np.sqrt(balanced)
        total = (softened * counts).sum(axis=0)
        balanced = softened * counts.sum(axis=0) / np.maximum(total, 1)
    return balanced.astype(np.float32)


def epoch_rows(
    labels: np.ndarray, resampling: str, target: float, rng: np.random.Generator
) -> np.ndarray:
    """The rows of one epoch in random order, each once or resampled towards a target prevalence.

    Over: images are repeated until their rarest finding reaches the target. Under: images without
    a rare finding are left out until the mean prevalence of rare findings reaches the target.
    """
    checks.one_of("resampling", resampling, RESAMPLINGS)
    expected = np.ones(len(labels))
    present, rare = labels == 1, rare_labels(labels, target)
    if rare.any() and resampling == "over":
        shortage = np.where(rare, target / np.maximum(prevalence(labels), 1e-9), 1)
        expected = np.where(present, shortage, 1).max(axis=1)
    elif rare.any() and resampling == "under":
        common = ~present[:, rare].any(axis=1)
        wanted = present[:, rare].sum(axis=0).mean() / target - (~common).sum()
        expected[common] = np.clip(wanted / max(common.sum(), 1), LEAST_KEPT, 1)
    # Rounding at random keeps the expectation exact.
    times = np.floor(expected + rng.random(len(labels))).astype(int)
    return rng.permutation(np.repeat(np.arange(len(labels)), times))


def rare_labels(labels: np.ndarray, target: float) -> np.ndarray:
    """Mask (k,) of the labels that occur, but in less than the target share of images."""
    shares = prevalence(labels)
    return (shares > 0) & (shares < target)


def mixing(rows: np.ndarray, alpha: float, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """MixUp: for each row a partner, and the share (float32) of the row itself in the mixture."""
    shares = rng.beta(alpha, alpha, rows.shape) if alpha else np.ones(rows.shape)
    return rng.permuted(rows, axis=-1), np.maximum(shares, 1 - shares).astype(np.float32)
