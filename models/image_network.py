"""A backbone and a head as one network, from films as they are cached to logits."""

from collections.abc import Callable
from typing import Any

import numpy as np

from features.backbone import Backbone
from features.folding import fill
from features.runtime import keras, tf
from models.image_batches import in_batches
from models.views import DEEP, PIXELS, Block, Views, side_of

layers = keras.layers

BACKBONE = "backbone"


def rgb_backbone(extractor: Backbone, policy: str) -> keras.Model:
    """A copy of the extractor's network that takes RGB from 0 to 255, (n, size, size, 3).

    The policy is what it computes in; its weights are float32 in any case.
    """
    original, entry = extractor.backbone, _entry(extractor)

    def clone(layer: keras.Layer) -> keras.Layer:
        if isinstance(layer, keras.Model):
            return layer
        config = layer.get_config() | {"dtype": policy}
        if isinstance(layer, layers.BatchNormalization):
            config["synchronized"] = tf.distribute.get_strategy().num_replicas_in_sync > 1
        return type(layer).from_config(config)

    def call(layer: keras.Layer, first: Any, *others: Any, **options: Any) -> Any:
        source = getattr(first, "_keras_history", None)
        if entry and source and isinstance(source.operation, layers.InputLayer):
            first = entry(first)
        return layer(first, *others, **options)

    made = keras.models.clone_model(original, clone_function=clone, call_function=call)
    for layer in made.layers:
        if layer.weights and layer is not entry and not isinstance(layer, keras.Model):
            fill(layer, original.get_layer(layer.name).get_weights())
    return keras.Model(made.input, made.output, name=BACKBONE)


def joined(backbone: keras.Model, head: keras.Model, block: str) -> keras.Model:
    """One network from films (n, size * size) grey, and what else there is, to logits (n, k)."""
    widths = {name: each.shape[1] for name, each in head.input.items()}
    widths[block] = backbone.input_shape[1] ** 2
    inputs = {name: keras.Input((width,), name=name) for name, width in widths.items()}
    vectors = _pooled(backbone, inputs[block])
    return keras.Model(inputs, head(inputs | {block: vectors}))


def rgb(images: Any) -> Any:
    """Grey images (n, s, s) as a trained backbone takes them, (n, s, s, 3) float32."""
    return tf.repeat(tf.cast(images, tf.float32)[..., tf.newaxis], 3, axis=-1)


def with_vectors(look: Callable[[np.ndarray], Any], views: Views, images_at_once: int) -> Views:
    """The views with vectors (n, width), got by looking at images, in the place of films."""
    (block,) = views.of(PIXELS).names
    shape = (-1, *[side_of(views.widths[block])] * 2)
    vectors = in_batches(
        lambda inputs: look(np.asarray(inputs[block]).reshape(shape)),
        views.of(PIXELS),
        images_at_once,
    )
    return Views(views.blocks | {block: Block(vectors, DEEP)})


def with_plain_vectors(extractor: Backbone, views: Views) -> Views:
    """The same with vectors of mean 0 and deviation 1, which a head leaves as they are.

    Those of a random network hardly differ: divided by so little, its first steps would be wild.
    """
    (block,) = views.of(PIXELS).names
    values = np.where(np.arange(len(views)) % 2, 1, -1).astype(np.float32)
    vectors = np.repeat(values[:, None], extractor.width, axis=1)
    return Views(views.blocks | {block: Block(vectors, DEEP)})


def seed_dropouts(model: keras.Model, seed: int) -> None:
    """Let a backbone's own dropouts begin at the seed; those of clones begin anywhere."""
    for place, layer in enumerate(model.layers):
        if hasattr(layer, "seed_generator"):
            layer.seed_generator.state.assign([seed, place])


def _entry(extractor: Backbone) -> keras.Layer | None:
    """What the extractor does to RGB from 0 to 255, as a convolution; None if it does nothing."""
    corners = np.vstack([np.zeros(3), 255 * np.eye(3)]).astype(np.float32)
    prepared = np.array(extractor.normalise(tf.constant(corners.reshape(4, 1, 1, 3))))
    black, *colours = prepared.reshape(4, 3)
    kernel = (np.array(colours) - black) / 255
    if np.array_equal(kernel, np.eye(3)) and not black.any():
        return None
    entry = layers.Conv2D(3, 1, dtype="float32", trainable=False, name="from_rgb")
    entry.build((None, None, None, 3))
    entry.set_weights([kernel.reshape(1, 1, 3, 3), black])
    return entry


def _pooled(backbone: keras.Model, images: keras.KerasTensor) -> keras.KerasTensor:
    """Vectors (n, width) of films (n, size * size)."""
    size = round(images.shape[1] ** 0.5)
    # Levels from 0 to 255 stay float32 until the backbone: they are too fine for bfloat16.
    grey = layers.Reshape((size, size, 1), dtype="float32")(images)
    maps = backbone(layers.Concatenate(dtype="float32")([grey, grey, grey]))
    if len(maps.shape) == 2:
        return layers.Activation("linear", dtype="float32")(maps)
    return layers.GlobalAveragePooling2D(dtype="float32")(maps)
