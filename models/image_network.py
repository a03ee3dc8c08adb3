"""A backbone and a head as one network, from cached images to logits."""

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

    It computes under the precision policy; its weights are always float32.
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
    """One network from grey images (n, size * size) and other inputs to logits (n, k)."""
    widths = {name: each.shape[1] for name, each in head.input.items()}
    widths[block] = backbone.input_shape[1] ** 2
    inputs = {name: keras.Input((width,), name=name) for name, width in widths.items()}
    embedding = _pooled(backbone, inputs[block])
    return keras.Model(inputs, head(inputs | {block: embedding}))


def rgb(images: Any) -> Any:
    """Grey images (n, s, s) as input of a trained backbone, (n, s, s, 3) float32."""
    return tf.repeat(tf.cast(images, tf.float32)[..., tf.newaxis], 3, axis=-1)


def with_embedding(embed: Callable[[np.ndarray], Any], views: Views, images_at_once: int) -> Views:
    """The views with the embedding (n, width) of images in place of the images."""
    (block,) = views.of(PIXELS).names
    shape = (-1, *[side_of(views.widths[block])] * 2)
    embedding = in_batches(
        lambda inputs: embed(np.asarray(inputs[block]).reshape(shape)),
        views.of(PIXELS),
        images_at_once,
    )
    return Views(views.blocks | {block: Block(embedding, DEEP)})


def with_standard_embedding(extractor: Backbone, views: Views) -> Views:
    """The views with an embedding of mean 0 and deviation 1, which a head does not scale.

    The embeddings of a random network hardly differ. If a head divided by their deviation, its
    first steps would be far too large.
    """
    (block,) = views.of(PIXELS).names
    values = np.where(np.arange(len(views)) % 2, 1, -1).astype(np.float32)
    embedding = np.repeat(values[:, None], extractor.width, axis=1)
    return Views(views.blocks | {block: Block(embedding, DEEP)})


def seed_dropouts(model: keras.Model, seed: int) -> None:
    """Seed a backbone's own dropouts, because those of clones start at random."""
    for place, layer in enumerate(model.layers):
        if hasattr(layer, "seed_generator"):
            layer.seed_generator.state.assign([seed, place])


def _entry(extractor: Backbone) -> keras.Layer | None:
    """The extractor's preprocessing of RGB from 0 to 255 as a convolution; None without any."""
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
    """Embedding (n, width) of images (n, size * size)."""
    size = round(images.shape[1] ** 0.5)
    # Levels from 0 to 255 are too fine for bfloat16, so they stay float32 until the backbone.
    grey = layers.Reshape((size, size, 1), dtype="float32")(images)
    maps = backbone(layers.Concatenate(dtype="float32")([grey, grey, grey]))
    if len(maps.shape) == 2:
        return layers.Activation("linear", dtype="float32")(maps)
    return layers.GlobalAveragePooling2D(dtype="float32")(maps)
