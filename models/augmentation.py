"""Augmentation: images are moved, brightened and made noisy a little, by named policies.

Random numbers are drawn separately, as plain numbers for each image. So the same draws give the
same images on any device, for any batch size, and in a training that was resumed.
"""

from dataclasses import astuple, dataclass

import numpy as np

import checks
from features.preprocessing import equalised
from features.runtime import keras, tf
from models.views import side_of

ops = keras.ops

WHITE = 255.0
NOISES = 2**20
# Random numbers (n, ...) of n images by name.
Draws = dict[str, np.ndarray]


@dataclass(frozen=True)
class Policy:
    """Limits: degrees, shares of the side, of the zoom and of white; a probability of CLAHE."""

    rotation: float
    translation: float
    zoom: float
    brightness: float
    contrast: float
    noise: float
    equalise: float


POLICIES = {
    "medical": Policy(15, 0.1, 0.1, 0.1, 0.1, 0.02, 0.25),
    "mild": Policy(5, 0.03, 0.03, 0.05, 0.05, 0.0, 0.0),
    "none": Policy(0, 0, 0, 0, 0, 0, 0),
}


def policy_named(name: str) -> Policy:
    """The policy of that name."""
    checks.one_of("augmentation", name, POLICIES)
    return POLICIES[name]


def draw(
    policy: Policy, strengths: np.ndarray, size: int, flip: bool, rng: np.random.Generator
) -> Draws:
    """Random numbers for n images of size pixels, within strengths (n,) times the policy."""
    rotation, translation, zoom, brightness, contrast, noise, equalise = astuple(policy)
    turn, across, down, larger, lighter, steeper = strengths * rng.uniform(
        -1, 1, (6, len(strengths))
    )
    noisy, chance, side, place = rng.random((4, len(strengths)))
    sign = np.where(flip & (side < 0.5), -1, 1)
    shift = np.stack([across, down]) * translation * size
    return {
        "transforms": _transforms(
            np.radians(turn * rotation), 1 + larger * zoom, shift, sign, size
        ),
        "contrast": np.float32(1 + steeper * contrast),
        "brightness": np.float32(lighter * brightness * WHITE),
        "noise": np.float32(strengths * noisy * noise * WHITE),
        "noise_from": (place * NOISES).astype(np.int32),
        "equalise": chance < equalise,
    }


def equalise(images: np.ndarray, draws: Draws) -> np.ndarray:
    """Images (n, size * size) uint8, with CLAHE on those that the draws select.

    It runs on the processor, as for other extractors: 0.3 ms for an image of 224 pixels.
    """
    size = side_of(images.shape[1])
    done = images.copy()
    for row in np.flatnonzero(draws["equalise"]):
        done[row] = equalised(images[row].reshape(size, size)).ravel()
    return done


class Augmentation(keras.layers.Layer):
    """Augments images (n, size * size) of grey levels by their draws; the result is float32."""

    def __init__(self, size: int) -> None:
        super().__init__(dtype="float32")
        self.size = size
        # All images share a bank of noise, and only the place in it is drawn for each image.
        bank = np.random.default_rng(0).standard_normal(NOISES, np.float32)
        self.bank = self.add_weight(
            (NOISES,), lambda shape, dtype: ops.convert_to_tensor(bank), trainable=False
        )

    def call(self, images: tf.Tensor, draws: dict[str, tf.Tensor]) -> tf.Tensor:
        """Move; then change contrast about the image's mean, brightness and noise; clip."""
        squares = ops.reshape(ops.cast(images, "float32"), (-1, self.size, self.size, 1))
        moved = ops.image.affine_transform(squares, draws["transforms"], "bilinear", "constant")
        levels = ops.reshape(moved, (-1, self.size**2))
        mean = ops.mean(levels, axis=1, keepdims=True)
        lit = (levels - mean) * _column(draws["contrast"]) + mean + _column(draws["brightness"])
        places = _column(draws["noise_from"]) + ops.arange(self.size**2, dtype="int32")
        noise = ops.take(self.bank, places % NOISES)
        return ops.clip(lit + _column(draws["noise"]) * noise, 0.0, WHITE)


def examples(images: np.ndarray, policy: str, flip: bool, times: int, seed: int) -> np.ndarray:
    """Images (n, size * size) uint8, each augmented so many times: (times, n, size, size)."""
    size = side_of(images.shape[1])
    rng, augmentation = np.random.default_rng(seed), Augmentation(size)
    versions = []
    for _ in range(times):
        draws = draw(policy_named(policy), np.ones(len(images)), size, flip, rng)
        versions.append(np.asarray(augmentation(equalise(images, draws), for_devices(draws))))
    return np.stack(versions).reshape(times, -1, size, size)


def for_devices(draws: Draws) -> Draws:
    """The draws that `Augmentation` uses."""
    return {name: values for name, values in draws.items() if name != "equalise"}


def _transforms(
    angles: np.ndarray, zooms: np.ndarray, shifts: np.ndarray, signs: np.ndarray, size: int
) -> np.ndarray:
    """Keras' transforms (n, 8) float32: for each pixel of the new image its place in the old one.

    Images turn and zoom about the centre; shifts are (2, n) pixels, and sign -1 mirrors.
    """
    middle = (size - 1) / 2
    cosine, sine = np.cos(angles) / zooms, np.sin(angles) / zooms
    turned = np.stack([[signs * cosine, -sine * signs], [sine, cosine]])
    rests = middle - np.einsum("ijn,jn->in", turned, middle + shifts)
    nothing = np.zeros_like(angles)
    rows = [*turned[0], rests[0], *turned[1], rests[1], nothing, nothing]
    return np.stack(rows, axis=1).astype(np.float32)


def _column(values: tf.Tensor) -> tf.Tensor:
    return ops.expand_dims(values, 1)
