import numpy as np
import pytest
from sklearn.metrics import brier_score_loss

from evaluation.calibration_error import brier, calibration_error, reliability

RNG = np.random.default_rng(sum(map(ord, "calibration")))


def test_brier_is_that_of_sklearn():
    positive, probabilities = RNG.random(100) < 0.3, RNG.random(100)
    expected = brier_score_loss(positive, probabilities)
    assert brier(positive, probabilities) == pytest.approx(expected)


def test_bins_hold_equally_many_images():
    curve = reliability(RNG.random(100) < 0.3, RNG.random(100) ** 8, n_bins=10)
    assert curve.images.tolist() == [10] * 10


def test_a_curve_by_hand():
    probabilities = np.array([0.4, 0.1, 0.2, 0.3])
    curve = reliability(np.array([True, False, False, True]), probabilities, n_bins=2)
    np.testing.assert_allclose(curve.predicted, [0.15, 0.35])
    np.testing.assert_allclose(curve.observed, [0, 1])


def test_calibration_error_by_hand():
    positive, probabilities = np.array([True, False, False, True]), np.array([0.4, 0.1, 0.2, 0.3])
    error = calibration_error(positive, probabilities, n_bins=2)
    assert error == pytest.approx((0.15 + 0.65) / 2)


def test_a_bin_counts_by_its_images():
    probabilities = np.repeat([0.1, 0.5], [90, 10])
    error = calibration_error(np.zeros(100, bool), probabilities)
    assert error == pytest.approx(0.9 * 0.1 + 0.1 * 0.5)


def test_equal_probabilities_stay_in_one_bin():
    probabilities = np.repeat([0.1, 0.5], [90, 10])
    curve = reliability(probabilities > 0.2, probabilities, n_bins=10)
    assert curve.images.tolist() == [90, 10]


def test_the_prevalence_as_a_constant_is_perfectly_calibrated():
    positive = np.arange(100) < 25
    assert calibration_error(positive, np.full(100, 0.25)) == pytest.approx(0)


def test_probabilities_that_mean_what_they_say_have_a_small_error():
    probabilities = RNG.random(100_000)
    assert calibration_error(RNG.random(100_000) < probabilities, probabilities) < 0.01


def test_overconfidence_is_seen():
    probabilities = RNG.random(100_000)
    positive = RNG.random(100_000) < 0.25 + probabilities / 2
    # |p - (1/4 + p/2)| is 1/8 on average over p from 0 to 1.
    assert calibration_error(positive, probabilities) == pytest.approx(1 / 8, abs=0.01)


@pytest.mark.parametrize("figure", [brier, calibration_error])
def test_no_image_has_no_figure(figure):
    assert np.isnan(figure(np.zeros(0, bool), np.zeros(0)))


def test_fewer_images_than_bins_are_legal():
    assert reliability(np.array([True, False]), np.array([0.2, 0.9])).images.tolist() == [1, 1]
