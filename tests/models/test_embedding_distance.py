import numpy as np
import pytest
from scipy.spatial.distance import mahalanobis

from models.embedding_distance import Spread

RNG = np.random.default_rng(0)


def test_with_all_directions_it_is_scipys_mahalanobis_distance():
    values = RNG.normal(size=(400, 3)) @ np.diag([1, 1, 1]) + 5
    spread = Spread.of(values)
    covariance = np.cov(values.T, bias=True)
    others = RNG.normal(size=(5, 3)) * 3
    expected = [mahalanobis(row, values.mean(0), np.linalg.inv(covariance)) for row in others]
    assert len(spread.variances) == 3
    np.testing.assert_allclose(spread.distances(others), np.array(expected) / 3**0.5, rtol=1e-5)


@pytest.mark.parametrize("shape", [(300, 20), (60, 200)])
def test_directions_that_are_left_out_share_their_variance(shape):
    """Another way: the covariance of probabilistic principal components, inverted as a whole."""
    _, width = shape
    scales = np.linspace(3, 0.5, width)
    values = RNG.normal(size=shape) * scales
    spread = Spread.of(values)
    within = spread.directions.T @ np.diag(spread.variances - spread.rest) @ spread.directions
    covariance = within + spread.rest * np.eye(width)
    np.testing.assert_allclose(np.trace(covariance), values.var(axis=0).sum(), rtol=1e-5)
    others = RNG.normal(size=(4, width)) * scales
    centred = others - values.mean(0)
    expected = np.sqrt(np.einsum("nd,de,ne->n", centred, np.linalg.inv(covariance), centred))
    np.testing.assert_allclose(spread.distances(others), expected / width**0.5, rtol=1e-4)


def test_few_directions_are_kept_however_wide_features_are():
    spread = Spread.of(RNG.normal(size=(1000, 300)))
    assert len(spread.directions) == 64
    assert len(Spread.of(RNG.normal(size=(40, 300))).directions) == 8


def test_training_images_are_about_one_away_and_others_further():
    values = RNG.normal(size=(1000, 200)) * np.linspace(2, 0.1, 200)
    spread = Spread.of(values[:500])
    assert spread.distances(values[500:]).mean() == pytest.approx(1, abs=0.25)
    assert spread.distances(-values[:1] + 10)[0] > 10


def test_features_that_never_vary_give_finite_distances():
    for values in (np.zeros((20, 4)), np.ones((1, 4))):
        far = Spread.of(values).distances(np.array([[0.0, 0, 0, 0], [1, 2, 3, 4]]))
        assert np.isfinite(far).all()


def test_a_distance_does_not_depend_on_the_other_images():
    values = RNG.normal(size=(50, 30)).astype(np.float32)
    spread = Spread.of(values)
    assert spread.distances(values)[7] == spread.distances(values[7:8])[0]
