import numpy as np
import pytest
from scipy.stats import spearmanr

from evaluation.rank_correlation import rank_correlation


def test_it_is_spearmans_with_ties():
    rng = np.random.default_rng(0)
    first, second = rng.integers(0, 6, size=(2, 5, 7))
    expected = spearmanr(first.ravel(), second.ravel()).statistic
    assert rank_correlation(first, second) == pytest.approx(expected)


def test_units_do_not_matter():
    heat = np.random.default_rng(1).random((4, 4))
    assert rank_correlation(heat, np.exp(9 * heat)) == pytest.approx(1)


def test_a_level_map_is_like_none():
    assert np.isnan(rank_correlation(np.zeros((2, 2)), np.eye(2)))
