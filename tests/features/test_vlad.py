from dataclasses import dataclass

import numpy as np
import pytest

from features.local_descriptors import LocalDescriptors
from features.vlad import Vlad

REDUCED = np.random.default_rng(1).normal(size=(7, 2))


@dataclass(repr=False, eq=False, kw_only=True)
class Columns(Vlad):
    """Each column of an image is a descriptor."""

    image_size: int = 6
    equalise: bool = False
    n_components: int = 2
    n_words: int = 3

    def describe(self, image):
        values = image.T.astype(np.float32)
        x = np.arange(len(values)) / len(values)
        return LocalDescriptors(values, np.stack([x, x], 1).astype(np.float32), x, x)


@pytest.fixture
def known():
    """An encoder with words made by hand."""
    encoder = Columns(position=False)
    encoder.words_ = np.array([[0.0, 0.0], [1.0, -1.0], [2.0, 0.5]])
    return encoder


def test_the_sum_is_that_of_a_slow_loop(known):
    slow = np.zeros((3, 2))
    for descriptor in REDUCED:
        apart = descriptor - known.words_
        word = np.argmin((apart**2).sum(axis=1))
        slow[word] += apart[word]
    np.testing.assert_allclose(known.total(REDUCED), slow.ravel(), rtol=1e-9)


def test_the_sum_is_that_of_all_pushes(known):
    np.testing.assert_allclose(known.total(REDUCED), known.pushes(REDUCED).sum(axis=0), rtol=1e-9)


@pytest.mark.parametrize("position", [False, True])
def test_width_is_known_before_any_image_is_seen(position):
    images = np.random.default_rng(0).integers(1, 256, (9, 6, 6), dtype=np.uint8)
    encoder = Columns(position=position)
    assert encoder.width == encoder.fit(images).transform(images[:1]).shape[1]


def test_words_lie_within_the_reduced_descriptors():
    images = np.random.default_rng(0).integers(1, 256, (9, 6, 6), dtype=np.uint8)
    encoder = Columns().fit(images)
    every = np.concatenate([encoder.reduce(encoder.describe(image)) for image in images])
    assert encoder.words_.shape == (3, 4)
    assert (every.min(axis=0) <= encoder.words_).all()
    assert (encoder.words_ <= every.max(axis=0)).all()
