"""A network rewritten for inference: the same function in fewer, more stable operations."""

import numpy as np

from features.runtime import keras, tf

Arrays = list[np.ndarray]
CONVOLUTIONS = (keras.layers.Conv2D, keras.layers.DepthwiseConv2D)


class SteadyPooling(keras.layers.GlobalAveragePooling2D):
    """The average over places (n, h, w, c) -> (n, c), the same bits at each position in a batch.

    TensorFlow's mean on a processor adds up in an order that depends on the place in the batch.
    """

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        """The average over all places of each image and channel."""
        pooled = tf.nn.avg_pool2d(inputs, inputs.shape[1:3], strides=1, padding="VALID")
        return pooled if self.keepdims else tf.squeeze(pooled, [1, 2])


def pooled(outputs: tf.Tensor) -> tf.Tensor:
    """Features (n, c) from the output of a network; a feature map is averaged."""
    return SteadyPooling()(outputs) if outputs.shape.rank == 4 else outputs


def fold(model: keras.Model, policy: str = "float32") -> keras.Model:
    """A copy of the model under a precision policy, with batch norms folded into convolutions.

    Models nested inside are shared with the original and keep their precision and their norms.
    """
    norms = foldable(model)
    dropped = {norm.name for norm in norms.values()}

    def clone(layer: keras.Layer) -> keras.Layer:
        if isinstance(layer, keras.Model):
            return layer
        config = layer.get_config() | {"dtype": policy}
        if layer.name in norms:
            config["use_bias"] = True
        kind = type(layer)
        if kind is keras.layers.GlobalAveragePooling2D:
            kind = SteadyPooling
        return kind.from_config(config)

    def call(layer: keras.Layer, *inputs: object, **options: object) -> object:
        return inputs[0] if layer.name in dropped else layer(*inputs, **options)

    folded = keras.models.clone_model(model, clone_function=clone, call_function=call)
    for layer in folded.layers:
        if layer.weights and not isinstance(layer, keras.Model):
            fill(layer, _weights(model.get_layer(layer.name), norms.get(layer.name)))
    return folded


def fill(layer: keras.Layer, arrays: Arrays) -> None:
    """Set the weights of a layer, and the values derived from them."""
    layer.set_weights(arrays)
    if isinstance(layer, keras.layers.Normalization):
        layer.finalize_state()


def foldable(model: keras.Model) -> dict[str, keras.layers.BatchNormalization]:
    """The batch norm of each convolution whose output goes into that norm alone."""
    norms = {}
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization) and len(layer._inbound_nodes) == 1:
            before = layer.input._keras_history.operation
            if _only_convolves(before):
                norms[before.name] = layer
    return norms


def _only_convolves(layer: keras.Operation) -> bool:
    return (
        type(layer) in CONVOLUTIONS
        and layer.activation is keras.activations.linear
        and layer.data_format == "channels_last"
        and len(layer._inbound_nodes) == len(layer._outbound_nodes) == 1
    )


def _weights(layer: keras.Layer, norm: keras.layers.BatchNormalization | None) -> Arrays:
    """The weights of a copied layer: kernel and bias, with its batch norm folded in, if any."""
    if norm is None:
        return layer.get_weights()
    kernel, *bias = layer.get_weights()
    scale, shift = _affine(norm)
    # A depthwise kernel (h, w, channels, multiplier) numbers its outputs over its last two axes.
    outputs = kernel.shape[2:] if isinstance(layer, CONVOLUTIONS[1]) else kernel.shape[3:]
    return [kernel * scale.reshape(outputs), sum(bias) * scale + shift]


def _affine(norm: keras.layers.BatchNormalization) -> tuple[np.ndarray, np.ndarray]:
    """Scale and shift (channels,) of a norm at inference, y = scale * x + shift."""
    variance = np.asarray(norm.moving_variance, np.float64)
    scale = 1 / np.sqrt(variance + norm.epsilon)
    if norm.scale:
        scale = scale * np.asarray(norm.gamma)
    shift = -np.asarray(norm.moving_mean) * scale
    if norm.center:
        shift = shift + np.asarray(norm.beta)
    return scale, shift
