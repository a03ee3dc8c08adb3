"""Views and labels small enough for a test, in which both kinds of vectors say something."""

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np

from models.views import Block, Views

N_LABELS = 4
# Never present, and never absent where it is reported.
NEVER, ALWAYS = 2, 3


def labelled(n_images=120, seed=0):
    """Views of deep (n, 6) and words (n, 10) with labels (n, 4), some of them NaN."""
    rng = np.random.default_rng(seed)
    deep, words = rng.normal(size=(n_images, 6)), 5 + 100 * rng.normal(size=(n_images, 10))
    # One column that never varies, as a visual word that no training image shows.
    words[:, 9] = 0
    labels = np.zeros((n_images, N_LABELS), np.float32)
    labels[:, 0] = deep[:, 0] + words[:, 0] / 100 > 0
    labels[:, 1] = deep[:, 1] - words[:, 1] / 100 > 0.5
    labels[:, ALWAYS] = 1
    labels[rng.random(labels.shape) < 0.1] = np.nan
    return views(deep, words), labels


def with_images(views, size=8):
    """The views beside images (n, size * size): their brightness and their stripes tell labels."""
    deep, words = views.arrays["net"], views.arrays["sift"] / 100
    images = (
        np.full((len(views), size, size), 128.0) + 25 * (deep[:, 0] + words[:, 0])[:, None, None]
    )
    images[:, :, ::2] += 25 * (deep[:, 1] - words[:, 1])[:, None, None]
    pixels = np.clip(images, 0, 255).astype(np.uint8).reshape(len(views), -1)
    return Views({**views.blocks, "pixels": Block(pixels, "pixels")})


@cache
def backbone_file(size=8):
    """A network of one convolution in a `.keras` file."""
    from features.runtime import keras

    layers, start = keras.layers, keras.initializers.HeNormal(0)
    pixels = keras.Input((size, size, 3))
    scaled = layers.Rescaling(1 / 64, offset=-2.0)(pixels)
    maps = layers.Conv2D(8, 3, activation="relu", kernel_initializer=start)(scaled)
    path = Path(mkdtemp()) / "backbone.keras"
    keras.Model(pixels, maps).save(path)
    return str(path)


def views(deep, words):
    blocks = {"net": Block(deep, "deep"), "sift": Block(words, "words")}
    return Views({name: Block(v.astype(np.float32), kind) for name, (v, kind) in blocks.items()})


def classes(n_images=120, seed=0):
    """Views of which the first numbers tell one of three exclusive classes, and labels (n, 3)."""
    rng = np.random.default_rng(seed)
    own = rng.integers(0, 3, n_images)
    deep, words = rng.normal(size=(n_images, 6)), 100 * rng.normal(size=(n_images, 10))
    deep[np.arange(n_images), own] += 1.5
    words[np.arange(n_images), own] += 150
    return views(deep, words), np.eye(3, dtype=np.float32)[own]
