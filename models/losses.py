"""Losses of logits that leave out labels which are not reported (NaN)."""

from collections.abc import Callable

from features.runtime import keras, tf

ops = keras.ops

# Weights of the hybrid loss's focal, cross-entropy and hinge terms.
HYBRID = (0.5, 0.3, 0.2)

Loss = Callable[..., tf.Tensor]


def cross_entropy(targets: tf.Tensor, logits: tf.Tensor, **options: float) -> tf.Tensor:
    """Binary cross-entropy.

    You get one number for each target in [0, 1], (n, k).
    """
    return ops.binary_crossentropy(targets, logits, from_logits=True)


def focal(targets: tf.Tensor, logits: tf.Tensor, *, alpha: float, gamma: float) -> tf.Tensor:
    """Focal loss: cross-entropy with less weight on images that are classified well.

    You get one number for each target, (n, k). `alpha` weighs present against absent findings; 0.5
    is neutral and gives half of the cross-entropy at gamma 0.
    """
    chance = ops.sigmoid(logits)
    missed = targets * (1 - chance) + (1 - targets) * chance
    share = targets * alpha + (1 - targets) * (1 - alpha)
    return share * missed**gamma * cross_entropy(targets, logits)


def hinge(targets: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """Hinge loss (n, k): nothing beyond a margin of 1 on the right side."""
    return ops.relu(1 - (2 * targets - 1) * logits)


def hybrid(targets: tf.Tensor, logits: tf.Tensor, *, alpha: float, gamma: float) -> tf.Tensor:
    """Focal loss, cross-entropy and hinge loss in fixed shares.

    You get one number for each target, (n, k).
    """
    terms = (
        focal(targets, logits, alpha=alpha, gamma=gamma),
        cross_entropy(targets, logits),
        hinge(targets, logits),
    )
    return sum(share * term for share, term in zip(HYBRID, terms, strict=True))


LOSSES: dict[str, Loss] = {"bce": cross_entropy, "focal": focal, "hybrid": hybrid}


def masked(
    loss: Loss, labels: tf.Tensor, logits: tf.Tensor, weights: tf.Tensor, **options: float
) -> tf.Tensor:
    """Mean of a loss over the reported labels (n, k), scalar.

    `weights` (2, k) are those of absent and present findings.
    """
    reported = ~ops.isnan(labels)
    # Replaced before the loss: a NaN that is masked afterwards still has a NaN gradient.
    targets = ops.where(reported, labels, 0.0)
    counted = ops.cast(reported, logits.dtype)
    weight = counted * (targets * weights[1] + (1 - targets) * weights[0])
    values = loss(targets, logits, **options)
    return ops.sum(values * weight) / ops.maximum(ops.sum(counted), 1.0)
