"""Against imbalance: weights of classes, rows drawn more or less often, vectors mixed."""

import numpy as np

import checks
from evaluation.reported_labels import prevalence

WEIGHTINGS = ("none", "balanced", "softened")
RESAMPLINGS = ("none", "over", "under")
# However rare a label is, this share of the common films stays.
LEAST_KEPT = 0.1


def class_weights(labels: np.ndarray, weighting: str) -> np.ndarray:
    """Weights (2, k) of absent and present findings from the labels (n, k) of training films.

    Balanced: both classes of a label weigh the same in total. Softened: the square roots of
    those, scaled so that an average film weighs 1.
    """
    checks.one_of("class_weights", weighting, WEIGHTINGS)
    counts = np.stack([(labels == 0).sum(axis=0), (labels == 1).sum(axis=0)])
    if weighting == "none":
        return np.ones(counts.shape, np.float32)
    balanced = counts.sum(axis=0) / (2 * np.maximum(counts, 1))
    if weighting == "softened":
        softened = np.sqrt(balanced)
        total = (softened * counts).sum(axis=0)
        balanced = softened * counts.sum(axis=0) / np.maximum(total, 1)
    return balanced.astype(np.float32)


def drawn_rows(
    labels: np.ndarray, resampling: str, target: float, rng: np.random.Generator
) -> np.ndarray:
    """Rows of one epoch, shuffled: once each, or drawn towards a target prevalence.

    Over: a film is repeated as often as its rarest finding is short of the target. Under: of the
    films without a rare finding only so many stay that rare findings average the target.
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
    # Rounded up or down by chance, so that the expectation holds exactly.
    times = np.floor(expected + rng.random(len(labels))).astype(int)
    return rng.permutation(np.repeat(np.arange(len(labels)), times))


def rare_labels(labels: np.ndarray, target: float) -> np.ndarray:
    """Mask (k,) of the labels that some film has, but fewer than the target share of films."""
    shares = prevalence(labels)
    return (shares > 0) & (shares < target)


def mixing(rows: np.ndarray, alpha: float, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """MixUp: for each row a partner row and the row's own share in the mixture, float32."""
    shares = rng.beta(alpha, alpha, rows.shape) if alpha else np.ones(rows.shape)
    return rng.permuted(rows, axis=-1), np.maximum(shares, 1 - shares).astype(np.float32)
