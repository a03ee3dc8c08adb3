import numpy as np
import pytest
from sklearn import metrics

from evaluation import curves

RNG = np.random.default_rng(sum(map(ord, "curves")))
POSITIVE = RNG.random(100) < 0.2
SCORES = [RNG.random(100), RNG.random(100).round(1), np.full(100, 0.5)]


@pytest.mark.parametrize("scores", SCORES, ids=["smooth", "tied", "equal"])
def test_roc_is_that_of_sklearn(scores):
    false_rate, true_rate, _ = metrics.roc_curve(POSITIVE, scores, drop_intermediate=False)
    np.testing.assert_allclose(curves.roc(POSITIVE, scores), (false_rate, true_rate))


@pytest.mark.parametrize("scores", SCORES, ids=["smooth", "tied", "equal"])
def test_precision_and_recall_are_those_of_sklearn(scores):
    precision, recall, _ = metrics.precision_recall_curve(POSITIVE, scores)
    # sklearn rises with the threshold and ends at a point (0, 1) that no threshold reaches.
    expected = recall[-2::-1], precision[-2::-1]
    np.testing.assert_allclose(curves.precision_recall(POSITIVE, scores), expected)


@pytest.mark.parametrize("scores", SCORES, ids=["smooth", "tied", "equal"])
def test_average_precision_is_that_of_sklearn(scores):
    expected = metrics.average_precision_score(POSITIVE, scores)
    assert curves.average_precision(POSITIVE, scores) == pytest.approx(expected)


def test_average_precision_by_hand():
    positive, scores = np.array([True, False, True, False]), np.array([0.9, 0.8, 0.7, 0.1])
    assert curves.average_precision(positive, scores) == pytest.approx((1 / 1 + 2 / 3) / 2)


def test_without_a_positive_there_is_no_average_precision():
    assert np.isnan(curves.average_precision(np.zeros(3, bool), np.arange(3)))
