"""The weights of a backbone: from ImageNet, from a file, or random by a seed if asked for."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

import numpy as np

from errors import WeightsUnavailable, first_line
from features.folding import CONVOLUTIONS, fill
from features.runtime import keras
from features.weight_files import WAYS_OUT, must_exist
from progress import others_output

Application = Callable[..., keras.Model]

SECONDS_OF_SILENCE = 20


def imagenet(application: Application, size: int) -> keras.Model:
    """The application with ImageNet weights, from the cache of Keras or its server."""
    try:
        with _download():
            return _headless(application, size, weights="imagenet")
    # Keras raises a bare Exception if a download fails.
    except Exception as reason:
        raise WeightsUnavailable(
            f"ImageNet weights of {application.__name__} must be cached or downloadable;"
            f" {first_line(reason)}. {WAYS_OUT}"
        ) from reason


def random(application: Application, size: int, seed: int, gain: float = 1.0) -> keras.Model:
    """The application with random kernels from a seed, the same on every machine."""
    model = _headless(application, size, weights=None)
    rng = np.random.default_rng(seed)
    for layer in model.layers:
        if isinstance(layer, CONVOLUTIONS):
            # A depthwise kernel (h, w, channels, multiplier) sees one channel at a time.
            axes = 2 if isinstance(layer, keras.layers.DepthwiseConv2D) else 3
            # He's bounds keep the signal of a plain network; the gain corrects other networks.
            bound = np.float32(gain * np.sqrt(6 / np.prod(layer.kernel.shape[:axes])))
            layer.kernel.assign(bound * (2 * rng.random(layer.kernel.shape, np.float32) - 1))
    return model


def from_file(application: Application, size: int, path: Path) -> keras.Model:
    """The application with the weights of a .weights.h5, .h5 or .keras file."""
    model = _headless(application, size, weights=None)
    if path.suffix == ".keras":
        saved = open_model(path)
        if not same_architecture(saved, model):
            raise WeightsUnavailable(
                f"The weights must be for {application.__name__}; {path} holds another network,"
                f" {saved.name}. To use that network, pass --backbone keras_file --weights {path}."
            )
        for layer, same in zip(model.layers, saved.layers, strict=True):
            fill(layer, same.get_weights())
        return model
    must_exist(path)
    try:
        model.load_weights(path)
    # For a foreign file h5py and Keras raise a dozen kinds of errors.
    except Exception as reason:
        raise WeightsUnavailable(
            f"The weights must be for {application.__name__} without its top; those in {path} are"
            f" not: {first_line(reason)}. {WAYS_OUT}"
        ) from reason
    return model


def open_model(path: Path) -> keras.Model:
    """The headless network (n, h, w, 3) in a .keras file, loaded in safe mode."""
    must_exist(path)
    try:
        model = keras.saving.load_model(path, compile=False, safe_mode=True)
        inputs, outputs = model.input_shape, model.output_shape
    # Safe mode, damaged archives and unknown layers raise unrelated errors.
    except Exception as reason:
        raise WeightsUnavailable(
            f"{path} must be a .keras model that is safe to load; {first_line(reason)}."
            " Save it again without Lambda or custom layers."
        ) from reason
    if not _is_image(inputs):
        raise WeightsUnavailable(
            f"{path} must take one square image of 3 channels; it takes {inputs}."
            " Choose a model whose input is (size, size, 3)."
        )
    if not isinstance(outputs, tuple) or len(outputs) not in (2, 4) or _has_top(model):
        raise WeightsUnavailable(
            f"{path} must end in a feature map or pooled features; it ends in"
            f" {_last(model).name!r} with {outputs}. Save it without its classification head."
        )
    if isinstance(model, keras.Sequential):
        # Folding and Grad-CAM need the graph of layers.
        return keras.Model(model.inputs, model.outputs, name=model.name)
    return model


def same_architecture(one: keras.Model, other: keras.Model) -> bool:
    """Whether two models have the same types of layers in the same order, with equal shapes."""
    return _anatomy(one) == _anatomy(other)


def _headless(application: Application, size: int, weights: str | None) -> keras.Model:
    return application(include_top=False, weights=weights, input_shape=(size, size, 3))


@contextmanager
def _download() -> Iterator[None]:
    """Send the progress of Keras to standard error, and give up on a server that is silent."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(SECONDS_OF_SILENCE)
    try:
        with redirect_stdout(others_output()):
            yield
    finally:
        socket.setdefaulttimeout(before)


def _is_image(shape: object) -> bool:
    match shape:
        case (_, height, width, 3):
            return height == width
    return False


def _last(model: keras.Model) -> keras.Operation:
    last = model.layers[-1] if isinstance(model, keras.Sequential) else model.operations[-1]
    return _last(last) if isinstance(last, keras.Model) else last


def _has_top(model: keras.Model) -> bool:
    last = _last(model)
    squashing = {keras.activations.softmax, keras.activations.sigmoid}
    return (
        isinstance(last, keras.layers.Dense | keras.layers.Softmax)
        or getattr(last, "activation", None) in squashing
    )


def _anatomy(model: keras.Model) -> list[tuple[str, list[tuple[int, ...]]]]:
    return [
        (type(layer).__name__, [tuple(weight.shape) for weight in layer.weights])
        for layer in model.layers
        if not isinstance(layer, keras.layers.InputLayer)
    ]
