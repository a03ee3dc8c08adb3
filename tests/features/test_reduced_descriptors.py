from dataclasses import dataclass

import numpy as np
import pytest
from sklearn.decomposition import PCA

from errors import InvalidOption
from features.local_descriptors import LocalDescriptors
from features.reduced_descriptors import ReducedEncoder


@dataclass(repr=False, eq=False, kw_only=True)
class Columns(ReducedEncoder):
    """Each column of an image is a descriptor, which pushes by what it is."""

    image_size: int = 6
    equalise: bool = False
    n_components: int = 2
    position: bool = False

    least = 2

    @property
    def width(self):
        return self.n_components + 2 * self.position

    def describe(self, image):
        values = image.T.astype(np.float32)
        x = np.arange(len(values)) / len(values)
        return LocalDescriptors(values, np.stack([x, x], 1).astype(np.float32), x, x)

    def learn(self, descriptors, images):
        self.learn_directions(descriptors)

    def pushes(self, reduced):
        return reduced


def images(count=20):
    return list(np.random.default_rng(0).integers(1, 256, (count, 6, 6), dtype=np.uint8))


def test_the_learned_directions_are_the_principal_ones():
    encoder = Columns(n_components=3).fit(images())
    values = np.concatenate([image.T for image in images()]).astype(float)
    slow = PCA(3).fit(values)
    cosines = np.abs(np.sum(slow.components_ * encoder.directions_.T, axis=1))
    np.testing.assert_allclose(cosines, 1, atol=1e-3)
    np.testing.assert_allclose(encoder.centre_, slow.mean_, rtol=1e-4)


def test_position_is_appended_to_each_descriptor():
    found = Columns().describe(images()[0])
    plain, placed = (Columns(position=p).fit(images()).reduce(found) for p in (False, True))
    np.testing.assert_allclose(placed, np.hstack([plain, found.points]), atol=1e-4)


def test_more_directions_than_a_descriptor_has_numbers_are_refused():
    with pytest.raises(InvalidOption, match="at most 6, the length of a descriptor; got 7"):
        Columns(n_components=7).fit(images())


def test_features_are_the_signed_square_root_of_the_sum_with_length_one():
    encoder = Columns().fit(images())
    found = encoder.describe(images()[3])
    total = encoder.reduce(found).sum(axis=0)
    row = encoder.encode(found)
    np.testing.assert_allclose(row * np.abs(row), total / np.abs(total).sum(), rtol=1e-4)


def test_descriptors_that_cancel_give_zeros():
    encoder = Columns(n_components=1)
    encoder.centre_, encoder.directions_ = np.zeros(1), np.eye(1)
    both = LocalDescriptors(np.array([[1.0], [-1.0]]), np.zeros((2, 2)), np.ones(2), np.zeros(2))
    np.testing.assert_array_equal(encoder.encode(both), [0])


def test_descriptors_share_what_they_moved_in_the_direction_it_went():
    encoder = Columns(n_components=1)
    encoder.centre_, encoder.directions_ = np.zeros(1), np.eye(1)
    values = np.array([[3.0], [1.0], [-2.0]])
    found = LocalDescriptors(values, np.zeros((3, 2)), np.ones(3), np.zeros(3))
    np.testing.assert_allclose(encoder.shares(found, np.array([[8.0]])), [[6, 2, 0]])
