"""The feature map of a network's layer, for one image at a time."""

from collections.abc import Callable

import numpy as np

from errors import InvalidOption
from features.backbone import Backbone
from features.engine import freeze
from features.folding import fold
from features.runtime import keras, tf

# Fewer places a side are too coarse to be described one by one.
LEAST_SIDE = 16
# Padding adds places that show nothing.
WITHOUT_FEATURES = (keras.layers.InputLayer, keras.layers.ZeroPadding2D)


def map_of(network: Backbone, layer: str) -> Callable[[np.ndarray], np.ndarray]:
    """From a preprocessed image (s, s) uint8 to the feature map (h, w, c) float32 of a layer."""
    whole = network.backbone
    part = keras.Model(whole.inputs, chosen(whole, layer).output)
    size = network.preprocessing.image_size
    run = freeze(fold(part, network.policy), network.prepare, size, tf.identity)

    def computed(image: np.ndarray) -> np.ndarray:
        (maps,) = run(tf.constant(image[np.newaxis]))
        return maps.numpy()[0]

    return computed


def chosen(model: keras.Model, name: str) -> keras.Layer:
    """The layer with this name, or for "" the last whose map has at least LEAST_SIDE places a side.

    In a small image no map may be so large; then it is the last layer.
    """
    maps = {layer.name: layer for layer in model.layers if _side(layer)}
    if name and name not in maps:
        raise InvalidOption(
            f"layer must have a feature map; got {name!r}. Choose, for example,"
            f" {' or '.join(list(maps)[-2:])}, or leave layer out."
        )
    large = [each for each in maps.values() if _side(each) >= LEAST_SIDE]
    return maps[name] if name else (large or list(maps.values()))[-1]


def _side(layer: keras.Layer) -> int:
    """Places a side of a layer's feature map; 0 if it has none."""
    shape: tuple[int | None, ...] = getattr(getattr(layer, "output", None), "shape", ())
    return (shape[1] or 0) if len(shape) == 4 and not isinstance(layer, WITHOUT_FEATURES) else 0
