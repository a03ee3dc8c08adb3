import numpy as np
import pytest
from scipy.stats import norm

from evaluation.tolerance import upper_limit

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("n", [20, 148, 149, 600])
def test_in_95_of_100_cases_at_most_2_percent_of_further_values_are_beyond(n):
    limits = np.array([upper_limit(RNG.normal(size=n)) for _ in range(2000)])
    kept = np.mean(norm.sf(limits) <= 0.02)
    assert 0.935 <= kept <= 0.99


def test_enough_values_need_no_distribution():
    beyond = [np.exp(-upper_limit(RNG.exponential(size=400))) for _ in range(2000)]
    assert 0.94 <= np.mean(np.array(beyond) <= 0.02) <= 0.99


def test_of_few_values_none_is_beyond_even_if_tails_are_heavy():
    few = RNG.exponential(size=100)
    assert upper_limit(few) == few.max() > few.mean() + 2.5 * few.std()
    assert upper_limit(np.empty(0)) == np.inf


def test_149_values_have_their_largest_as_limit_and_more_a_smaller_one():
    values = RNG.exponential(size=1000)
    assert upper_limit(values[:149]) == values[:149].max()
    assert upper_limit(values) == np.sort(values)[-13]


def test_a_single_value_gives_no_limit():
    assert upper_limit(np.ones(1)) == np.inf
