"""Losses of logits that leave out labels which are not reported (NaN).

Those of exclusive classes have the same names: the binary cross-entropy of independent labels
becomes a categorical one, and so do the others.
"""

from collections.abc import Callable

from features.runtime import keras, tf

ops = keras.ops

# Weights of the hybrid loss's focal, cross-entropy and hinge terms.
HYBRID = (0.5, 0.3, 0.2)
# Below any logit of a class.
FAR = 1e9

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


def categorical_cross_entropy(targets: tf.Tensor, logits: tf.Tensor, **options: float) -> tf.Tensor:
    """Cross-entropy of exclusive classes by a softmax: a number for each image, (n,)."""
    return -ops.sum(targets * ops.log_softmax(logits), axis=-1)


def categorical_focal(
    targets: tf.Tensor, logits: tf.Tensor, *, gamma: float, **options: float
) -> tf.Tensor:
    """Categorical cross-entropy (n,) with less weight on images that are classified well."""
    logarithms = ops.log_softmax(logits)
    return -ops.sum(targets * (1 - ops.exp(logarithms)) ** gamma * logarithms, axis=-1)


def categorical_hinge(targets: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """Hinge loss (n,): nothing if the class's logit is 1 above that of every other class."""
    own = ops.sum(targets * logits, axis=-1)
    other = ops.max(ops.where(targets > 0, -FAR, logits), axis=-1)
    return ops.relu(1 + other - own)


def categorical_hybrid(
    targets: tf.Tensor, logits: tf.Tensor, *, gamma: float, **options: float
) -> tf.Tensor:
    """The three losses of exclusive classes (n,) in the shares of `hybrid`."""
    terms = (
        categorical_focal(targets, logits, gamma=gamma),
        categorical_cross_entropy(targets, logits),
        categorical_hinge(targets, logits),
    )
    return sum(share * term for share, term in zip(HYBRID, terms, strict=True))


OF_CLASSES: dict[str, Loss] = {
    "bce": categorical_cross_entropy,
    "focal": categorical_focal,
    "hybrid": categorical_hybrid,
}


def of_known_class(
    loss: Loss,
    labels: tf.Tensor,
    logits: tf.Tensor,
    weights: tf.Tensor,
    smoothing: float = 0.0,
    **options: float,
) -> tf.Tensor:
    """Mean of a loss of exclusive classes over the images whose class is known, scalar.

    `weights` (2, k) are those of absent classes, which are not used, and of present ones. The share
    `smoothing` of each target is divided among all classes.
    """
    targets = ops.where(ops.isnan(labels), 0.0, labels)
    counted = ops.cast(ops.sum(targets, axis=-1) > 0, logits.dtype)
    weight = counted * ops.sum(targets * weights[1], axis=-1)
    values = loss(_smoothed(targets, smoothing, targets.shape[-1]), logits, **options)
    return ops.sum(values * weight) / ops.maximum(ops.sum(counted), 1.0)


def masked(
    loss: Loss,
    labels: tf.Tensor,
    logits: tf.Tensor,
    weights: tf.Tensor,
    smoothing: float = 0.0,
    **options: float,
) -> tf.Tensor:
    """Mean of a loss over the reported labels (n, k), scalar.

    `weights` (2, k) are those of absent and present findings. The share `smoothing` of each target
    is divided among both.
    """
    reported = ~ops.isnan(labels)
    # Replaced before the loss: a NaN that is masked afterwards still has a NaN gradient.
    targets = ops.where(reported, labels, 0.0)
    counted = ops.cast(reported, logits.dtype)
    weight = counted * (targets * weights[1] + (1 - targets) * weights[0])
    values = loss(_smoothed(targets, smoothing, 2), logits, **options)
    return ops.sum(values * weight) / ops.maximum(ops.sum(counted), 1.0)


def _smoothed(targets: tf.Tensor, smoothing: float, n_classes: int) -> tf.Tensor:
    """Targets of which a share is divided among all classes (label smoothing)."""
    return targets * (1 - smoothing) + smoothing / n_classes if smoothing else targets
