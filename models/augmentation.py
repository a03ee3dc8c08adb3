"""Augmentation: films moved, brightened and made noisy a little, by policies with names.

What is drawn by chance is drawn apart from its use, as plain numbers a film. So the same draws
give the same films on any device, in any split of a batch, and in a training that was resumed.
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
# Films (n, size * size) uint8, and numbers (n, ...) by name.
Draws = dict[str, np.ndarray]


@dataclass(frozen=True)
class Policy:
    """How far a film may go: degrees, shares of its side, its zoom, of white; a chance of CLAHE."""

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
    """What happens to each of n films of size pixels, as far as strengths (n,) times the policy."""
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
    """Films (n, size * size) uint8, those drawn with their local contrast equalised.

    On the processor, as for other extractors: OpenCV takes 0.3 ms for a film of 224 pixels.
    """
    size = side_of(images.shape[1])
    done = images.copy()
    for row in np.flatnonzero(draws["equalise"]):
        done[row] = equalised(images[row].reshape(size, size)).ravel()
    return done


class Augmentation(keras.layers.Layer):
    """Films (n, size * size) of grey levels as their draws say, (n, size * size) float32."""

    def __init__(self, size: int) -> None:
        super().__init__(dtype="float32")
        self.size = size
        # One bank for all: where a film's noise begins in it is drawn, so no device draws any.
        bank = np.random.default_rng(0).standard_normal(NOISES, np.float32)
        self.bank = self.add_weight(
            (NOISES,), lambda shape, dtype: ops.convert_to_tensor(bank), trainable=False
        )

    def call(self, images: tf.Tensor, draws: dict[str, tf.Tensor]) -> tf.Tensor:
        """Moved, then contrast about the film's own mean, brightness and noise; black to white."""
        squares = ops.reshape(ops.cast(images, "float32"), (-1, self.size, self.size, 1))
        moved = ops.image.affine_transform(squares, draws["transforms"], "bilinear", "constant")
        levels = ops.reshape(moved, (-1, self.size**2))
        mean = ops.mean(levels, axis=1, keepdims=True)
        lit = (levels - mean) * _column(draws["contrast"]) + mean + _column(draws["brightness"])
        places = _column(draws["noise_from"]) + ops.arange(self.size**2, dtype="int32")
        noise = ops.take(self.bank, places % NOISES)
        return ops.clip(lit + _column(draws["noise"]) * noise, 0.0, WHITE)


def examples(images: np.ndarray, policy: str, flip: bool, times: int, seed: int) -> np.ndarray:
    """Films (n, size * size) uint8, each augmented so many times: (times, n, size, size)."""
    size = side_of(images.shape[1])
    rng, augmentation = np.random.default_rng(seed), Augmentation(size)
    found = []
    for _ in range(times):
        draws = draw(policy_named(policy), np.ones(len(images)), size, flip, rng)
        found.append(np.asarray(augmentation(equalise(images, draws), for_devices(draws))))
    return np.stack(found).reshape(times, -1, size, size)


def for_devices(draws: Draws) -> Draws:
    """Draws less those that `equalise` has seen to."""
    return {name: values for name, values in draws.items() if name != "equalise"}


def _transforms(
    angles: np.ndarray, zooms: np.ndarray, shifts: np.ndarray, signs: np.ndarray, size: int
) -> np.ndarray:
    """Where each pixel of the new film comes from in the old one: (n, 8) float32, as Keras has it.

    Turned and zoomed about the middle; shifts are (2, n) pixels, a sign of -1 is a mirror.
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
