"""Grad-CAM and Grad-CAM++: which regions of an image a network's logits depend on."""

from collections.abc import Callable, Sequence

import numpy as np

import checks
from errors import InvalidOption
from features.engine import Prepare
from features.folding import pooled
from features.runtime import keras, tf

# The inner feature maps of an image take megabytes.
IMAGES_AT_ONCE = 8

Blocks = dict[str, tf.Tensor]
Head = Callable[[Blocks], tf.Tensor]
# From images (n, s, s) and blocks of features to a feature map (n, h, w, c) and logits.
Forward = Callable[[tf.Tensor, Blocks], tuple[tf.Tensor, tf.Tensor]]


def joined(
    backbone: keras.Model, prepare: Prepare, head: Head, block: str, layer: str = ""
) -> Forward:
    """A backbone after `prepare`, and the head on its embedding, as one network.

    The feature map is that of the named layer, or else the last one. Other blocks are constant.
    """
    inner = keras.Model(backbone.inputs, [_feature_map(backbone, layer), backbone.output])

    def forward(images: tf.Tensor, blocks: Blocks) -> tuple[tf.Tensor, tf.Tensor]:
        features, last = inner(prepare(images), training=False)
        return features, head({**blocks, block: pooled(last)})

    return forward


class GradCam:
    """Heatmaps of one network by one or more methods."""

    def __init__(self, forward: Forward, methods: Sequence[str] = ("gradcam",)) -> None:
        for method in methods:
            checks.one_of("method", method, METHODS)
        self.forward, self.methods = forward, methods
        self._traced = tf.function(self._maps, autograph=False)

    def maps(
        self, images: np.ndarray, blocks: dict[str, np.ndarray], columns: Sequence[int]
    ) -> dict[str, np.ndarray]:
        """Raw maps (n, k, h, w) float32 by method, of preprocessed images (n, s, s) uint8.

        Maps are neither negative nor normalised: a map of zeros stays a map of zeros.
        """
        labels = tf.constant(columns, tf.int32)
        # One graph for any number of images and labels, because tracing takes seconds.
        shapes = tf.nest.map_structure(_any_number, (images, blocks, labels))
        run = self._traced.get_concrete_function(*shapes)
        batches = []
        for start in range(0, len(images), IMAGES_AT_ONCE):
            rows = slice(start, start + IMAGES_AT_ONCE)
            batch = {name: tf.constant(values[rows]) for name, values in blocks.items()}
            batches.append(run(tf.constant(images[rows]), batch, labels))
        return dict(zip(self.methods, np.concatenate(batches, axis=1), strict=True))

    def _maps(self, images: tf.Tensor, blocks: Blocks, columns: tf.Tensor) -> tf.Tensor:
        """Maps (methods, n, k, h, w); all labels share one forward pass."""
        pixels = tf.cast(images, tf.float32)
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(pixels)
            features, logits = self.forward(pixels, blocks)

        def weights(column: tf.Tensor) -> tf.Tensor:
            # Images are independent, so the gradient of a sum holds that of each image.
            chosen = tf.one_hot(tf.fill(tf.shape(images)[:1], column), logits.shape[1])
            slopes = tape.gradient(logits, features, chosen)
            return tf.stack([METHODS[name](features, slopes) for name in self.methods])

        channel_weights = tf.map_fn(weights, columns, fn_output_signature=features.dtype)
        return tf.nn.relu(tf.einsum("nhwc,kmnc->mnkhw", features, channel_weights))


def gradcam(features: tf.Tensor, slopes: tf.Tensor) -> tf.Tensor:
    """Weights (n, c) of Selvaraju et al. (2017): the mean slope over all places (n, h, w, c)."""
    return tf.reduce_mean(slopes, axis=[1, 2])


def gradcam_plus(features: tf.Tensor, slopes: tf.Tensor) -> tf.Tensor:
    """Weights (n, c) of Chattopadhay et al. (2018): rising slopes, each place by its own share.

    The exponential of the logit, which they differentiate, scales a whole map and is left out.
    """
    sums = tf.reduce_sum(features, axis=[1, 2], keepdims=True)
    shares = tf.math.divide_no_nan(slopes**2, 2 * slopes**2 + sums * slopes**3)
    return tf.reduce_sum(shares * tf.nn.relu(slopes), axis=[1, 2])


METHODS = {"gradcam": gradcam, "gradcam++": gradcam_plus}


def _any_number(rows: np.ndarray | tf.Tensor) -> tf.TensorSpec:
    return tf.TensorSpec((None, *rows.shape[1:]), rows.dtype)


def _feature_map(network: keras.Model, name: str) -> keras.KerasTensor:
    """The output (n, h, w, c) of the named layer, or of the last layer with such an output."""
    outputs = {
        layer.name: layer.output
        for layer in network.layers
        if not isinstance(layer, keras.layers.InputLayer) and len(layer.output.shape) == 4
    }
    if name and name not in outputs:
        # The last layer of each size.
        by_size = {output.shape[1]: layer for layer, output in outputs.items()}
        raise InvalidOption(
            f"layer must be a layer of {network.name} with a feature map; got {name!r}. Try one of"
            f" {', '.join(by_size.values())}."
        )
    return outputs[name or list(outputs)[-1]]
