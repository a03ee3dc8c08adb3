"""The common part of all networks as extractors; a plug-in names its network and preprocessing.

TensorFlow takes seconds to import, so it is imported where a network is first needed: what is
cached can be found without it.
"""

import importlib
from collections.abc import Iterable
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, clone

import checks
import features.extractors
import registry
from errors import InvalidOption, WeightsUnavailable
from features.extractor import Network, TakesBatches
from features.preprocessing import Image, Preprocessing, several
from features.weight_files import digest_of_file, keras_home, layers_in
from progress import warn

if TYPE_CHECKING:
    from features.engine import Engine
    from features.runtime import keras, tf
    from features.weights import Application

KEYWORDS = ("auto", "imagenet", "random")
PRECISIONS = ("auto", "float32", "bfloat16", "mixed")
# Names of policies in Keras; a bundle stores one, so that each machine computes the same.
POLICIES = ("float32", "mixed_bfloat16", "mixed_float16")
GPU_DEVICES = ("/dev/nvidia0", "/dev/kfd", "/dev/dxg")


class Backbone(TransformerMixin, BaseEstimator):
    """Grey images to the pooled last feature map of a convolutional network."""

    version: int
    learns = False
    bytes_per_number = 4
    libraries = ("keras", "tensorflow")
    # The digest of weights, the policy and the preprocessing in a recipe cover these.
    neutral = ("weights", "image_size", "precision", "batch_size", "seed")
    # The name of the network in keras.applications, and of the module that prepares its pixels.
    application: str
    module: str
    # The file in which Keras stores ImageNet weights.
    imagenet_file: str
    n_layers: int
    own_size = 224
    smallest_size = 32
    # Scale of random kernels relative to He's, so that the signal stays within float16.
    gain = 1.0

    def __init__(
        self,
        *,
        weights: str = "auto",
        image_size: int | None = None,
        precision: str = "auto",
        batch_size: int = 32,
        seed: int = 0,
    ) -> None:
        self.weights = weights
        self.image_size = image_size
        self.precision = precision
        self.batch_size = batch_size
        self.seed = seed

    @property
    def preprocessing(self) -> Preprocessing:
        """What happens to an image before the network sees it."""
        return Preprocessing(image_size=self._size(), equalise=False)

    @property
    def policy(self) -> str:
        """The Keras policy for the precision used on this machine."""
        if self.precision in POLICIES:
            return self.precision
        checks.one_of("precision", self.precision, PRECISIONS)
        gpu = on_gpu()
        reduced = "mixed_float16" if gpu else "mixed_bfloat16"
        auto = reduced if gpu else "float32"
        named = {"auto": auto, "bfloat16": "mixed_bfloat16", "mixed": reduced}
        return named[self.precision]

    @cached_property
    def backbone(self) -> "keras.Model":
        """The plain network (n, size, size, 3) -> feature map; extraction and Grad-CAM share it."""
        from features import weights

        build, size = self.architecture(), self._size()
        if self.weights in ("auto", "imagenet"):
            return weights.imagenet(build, size)
        if self.weights == "random":
            return weights.random(build, size, self.seed, self.gain)
        return weights.from_file(build, size, Path(self.weights))

    def architecture(self) -> "Application":
        """The function that builds the network without weights, as in keras.applications."""
        from features.runtime import keras

        return getattr(keras.applications, self.application)

    @property
    def width(self) -> int:
        """Numbers per image."""
        return self.backbone.output_shape[-1]

    def content(self) -> dict[str, str]:
        """What the features depend on besides version and preprocessing."""
        return {"weights": self._weights_content(), "precision": self.policy}

    def fit(self, planes: object = None, y: object = None) -> Self:
        """The extractor unchanged, because a pretrained network does not learn here."""
        return self

    def transform(self, planes: Iterable[Image]) -> np.ndarray:
        """Features (n, width) float32 of files, or of grey planes (h, w) uint8 of any size."""
        images = map(self.preprocessing, several(planes))
        rows = [np.empty((0, self.width), np.float32)]
        while batch := list(islice(images, self.images_at_once)):
            rows.append(self.transform_images(np.stack(batch)))
        return np.concatenate(rows)

    def transform_images(self, images: np.ndarray) -> np.ndarray:
        """Features (n, width) float32 of preprocessed images (n, size, size) uint8."""
        return self.engine(images)

    def prepare(self, images: "np.ndarray | tf.Tensor") -> "tf.Tensor":
        """The backbone's input (n, size, size, 3) float32 from images (n, size, size) uint8."""
        from features.runtime import tf

        grey = tf.cast(images, tf.float32)[..., tf.newaxis]
        return self.normalise(tf.repeat(grey, 3, axis=-1))

    @property
    def images_at_once(self) -> int:
        """The number of images that keeps every device busy; multiples of it waste nothing."""
        return self.engine.images_at_once

    def normalise(self, pixels: "tf.Tensor") -> "tf.Tensor":
        """The input of the network from RGB from 0 to 255."""
        module = importlib.import_module(f"keras.applications.{self.module}")
        return module.preprocess_input(pixels)

    @cached_property
    def engine(self) -> "Engine":
        """The backbone compiled for fast inference."""
        from features.engine import Engine

        return Engine(self.backbone, self.prepare, self._size(), self.policy, self.batch_size)

    def set_params(self, **params: Any) -> Self:
        """Set parameters; the network is built again when it is next needed."""
        for cached in vars(self).keys() - self.get_params().keys():
            del self.__dict__[cached]
        return super().set_params(**params)

    def _size(self) -> int:
        size = self.own_size if self.image_size is None else self.image_size
        if size < self.smallest_size:
            raise InvalidOption(
                f"{type(self).__name__} takes images of at least {self.smallest_size} pixels per"
                f" side; got {size}. Leave --image-size out to use {self.own_size}."
            )
        return size

    def _weights_content(self) -> str:
        if self.weights == "random":
            return f"random, seed {self.seed}, gain {self.gain}"
        if self.weights not in KEYWORDS:
            return digest_of_file(Path(self.weights))
        path = keras_home() / "models" / self.imagenet_file
        if not path.is_file():
            # Building the network downloads its weights, or raises if that fails.
            _ = self.backbone
        return digest_of_file(path)


def with_weights(extractor: Network, *, allow_random: bool) -> Network:
    """The network with its weights; on synthetic images random ones replace missing ones."""
    try:
        extractor.content()
    except WeightsUnavailable as reason:
        if not allow_random or extractor.weights != "auto":
            raise
        warn(
            f"{reason} Synthetic images are used, so the weights are random (seed"
            f" {extractor.seed})."
        )
        return clone(extractor).set_params(weights="random")
    return extractor


def extractor_for(name: str, weights_given: str) -> str:
    """The extractor for the name of a network and its weights: `keras_file` for a .keras file that
    holds another network than the one named, `onnx_file` for any .onnx file.
    """
    plugin = registry.load(features.extractors, name)
    if not (isinstance(plugin, type) and issubclass(plugin, TakesBatches)):
        raise InvalidOption(
            f"--backbone must be a network; {name} is not. Pass --backbone resnet50, for example."
        )
    path = Path(weights_given)
    if path.suffix == ".onnx":
        return "onnx_file"
    if not issubclass(plugin, Backbone):
        return name
    if weights_given in KEYWORDS or path.suffix != ".keras" or name == "keras_file":
        return name
    return name if _holds(path, plugin) else "keras_file"


def on_gpu() -> bool:
    """Whether networks run on a GPU; imports TensorFlow only if the machine may have one."""
    if not any(Path(device).exists() for device in GPU_DEVICES):
        return False
    from features import engine

    return engine.on_gpu()


def _holds(path: Path, plugin: type[Backbone]) -> bool:
    """Whether a file holds the network of a plug-in; loads it only if the layers match."""
    layers = [layer for layer in layers_in(path) if layer.get("class_name") != "InputLayer"]
    if layers and len(layers) != plugin.n_layers:
        return False
    from features import weights

    named = plugin(weights="random").backbone
    return weights.same_architecture(weights.open_model(path), named)
