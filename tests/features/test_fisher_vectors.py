from dataclasses import dataclass

import numpy as np
import pytest
from scipy.stats import norm

from features.fisher_vectors import FisherVectors
from features.local_descriptors import LocalDescriptors


@dataclass(repr=False, eq=False, kw_only=True)
class Columns(FisherVectors):
    """Each column of a film is a descriptor."""

    image_size: int = 6
    equalise: bool = False
    n_components: int = 2
    n_gaussians: int = 3
    position: bool = False

    def describe(self, image):
        values = image.T.astype(np.float32)
        x = np.arange(len(values)) / len(values)
        return LocalDescriptors(values, np.stack([x, x], 1).astype(np.float32), x, x)


def images(count=20):
    return list(np.random.default_rng(0).integers(1, 256, (count, 6, 6), dtype=np.uint8))


@pytest.fixture
def mixture():
    """A hand-made mixture over reduced descriptors of two numbers."""
    encoder = Columns()
    encoder.centre_, encoder.directions_ = np.zeros(2), np.eye(2)
    encoder.weights_ = np.array([0.2, 0.3, 0.5])
    encoder.means_ = np.array([[0.0, 0.0], [1.0, -1.0], [2.0, 0.5]])
    encoder.spreads_ = np.array([[1.0, 0.5], [0.7, 1.2], [0.4, 2.0]])
    return encoder


REDUCED = np.random.default_rng(1).normal(size=(7, 2))


def soft_counts_of_one(mixture, descriptor):
    joint = mixture.weights_ * norm.pdf(descriptor, mixture.means_, mixture.spreads_).prod(axis=1)
    return joint / joint.sum()


def test_soft_counts_are_the_posteriors_of_the_mixture(mixture):
    slow = [soft_counts_of_one(mixture, descriptor) for descriptor in REDUCED]
    np.testing.assert_allclose(mixture.soft_counts(REDUCED), slow, rtol=1e-9)


def test_the_gradient_is_that_of_a_slow_loop(mixture):
    by_mean, by_spread = np.zeros((3, 2)), np.zeros((3, 2))
    for descriptor in REDUCED:
        for k, soft in enumerate(soft_counts_of_one(mixture, descriptor)):
            z = (descriptor - mixture.means_[k]) / mixture.spreads_[k]
            by_mean[k] += soft * z / np.sqrt(mixture.weights_[k])
            by_spread[k] += soft * (z**2 - 1) / np.sqrt(2 * mixture.weights_[k])
    slow = np.concatenate([by_mean.ravel(), by_spread.ravel()])
    np.testing.assert_allclose(mixture.total(REDUCED), slow, rtol=1e-9)


def test_the_gradient_is_the_slope_of_the_likelihood(mixture):
    def likelihood():
        densities = norm.pdf(REDUCED[:, None], mixture.means_, mixture.spreads_).prod(axis=2)
        return np.log(densities @ mixture.weights_).sum()

    gradient = mixture.total(REDUCED)
    at = likelihood()
    mixture.means_[1, 0] += 1e-6
    # Fisher's normalisation: spread over the square root of the weight.
    slope = (likelihood() - at) / 1e-6 * mixture.spreads_[1, 0] / np.sqrt(mixture.weights_[1])
    assert gradient[2] == pytest.approx(slope, rel=1e-4)


def test_the_gradient_is_a_sum_over_descriptors(mixture):
    parts = sum(mixture.total(REDUCED[i : i + 1]) for i in range(len(REDUCED)))
    np.testing.assert_allclose(mixture.total(REDUCED), parts, rtol=1e-9)


def test_a_vector_has_length_one_and_the_signed_square_root_of_the_gradient(mixture):
    found = LocalDescriptors(REDUCED, REDUCED, REDUCED[:, 0], REDUCED[:, 0])
    vector, gradient = mixture.encode(found), mixture.total(REDUCED)
    assert vector.dtype == np.float32
    assert np.linalg.norm(vector) == pytest.approx(1, rel=1e-6)
    np.testing.assert_allclose(
        vector * np.abs(vector), gradient / np.abs(gradient).sum(), rtol=1e-5
    )


@pytest.mark.parametrize("position", [False, True])
def test_width_is_told_before_any_image_is_seen(position):
    encoder = Columns(position=position)
    assert encoder.width == encoder.fit(images()).transform(images(1)).shape[1]


def test_the_same_images_and_seed_give_the_same_numbers():
    first, second = (Columns().fit(images()).transform(images(3)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_images_that_are_all_alike_can_be_learned_from():
    flat = [np.full((6, 6), 80, np.uint8)] * 10
    rows = Columns().fit([*flat, *images(2)]).transform([*flat, *images(2)])
    assert np.isfinite(rows).all()
    assert np.array_equal(rows[0], rows[1])
    assert Columns().fit(flat).width == 12


ATTRIBUTION = np.random.default_rng(3).normal(size=(2, 12))


@pytest.fixture
def shares(mixture):
    found = LocalDescriptors(REDUCED, REDUCED, REDUCED[:, 0], REDUCED[:, 0])
    return mixture.shares(found, ATTRIBUTION)


def test_each_push_is_the_gradient_of_one_descriptor_alone(mixture):
    alone = [mixture.total(REDUCED[i : i + 1]) for i in range(len(REDUCED))]
    np.testing.assert_allclose(mixture.pushes(REDUCED), alone, rtol=1e-9, atol=1e-12)


def test_shares_sum_to_the_attribution(shares):
    np.testing.assert_allclose(shares.sum(axis=1), ATTRIBUTION.sum(axis=1), rtol=1e-4)


def test_shares_are_those_of_a_slow_loop(mixture, shares):
    slow = np.zeros((2, len(REDUCED)))
    for column, whole in enumerate(mixture.total(REDUCED)):
        one = [mixture.total(REDUCED[i : i + 1])[column] for i in range(len(REDUCED))]
        along = [push if push * whole > 0 else 0 for push in one]
        slow += np.outer(ATTRIBUTION[:, column], np.array(along) / sum(along))
    np.testing.assert_allclose(shares, slow, rtol=1e-9)


def test_shares_never_exceed_what_they_are_parts_of(shares):
    assert (np.abs(shares).sum(axis=1) <= np.abs(ATTRIBUTION).sum(axis=1)).all()


def test_an_image_without_descriptors_has_no_shares(mixture):
    assert mixture.shares(LocalDescriptors.none(2), ATTRIBUTION).shape == (2, 0)
