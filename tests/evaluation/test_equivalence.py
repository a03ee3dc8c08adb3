import math

import numpy as np
import pytest

from errors import InvalidOption
from evaluation import equivalence

RNG = np.random.default_rng(sum(map(ord, "equivalence")))


@pytest.mark.parametrize("n_replicates", [39, 100, 200, 999])
def test_the_interval_is_within_the_margin_exactly_where_p_is_5_percent_or_less(n_replicates):
    for above in range(n_replicates // 8):
        differences = RNG.uniform(-0.009, 0.009, n_replicates)
        differences[:above] = 0.011
        low, high = equivalence.interval(differences)
        p = equivalence.p_value(differences, 0.01)
        assert (low > -0.01 and high < 0.01) == (p <= 0.05)


def test_p_is_that_of_the_worse_side():
    differences = np.array([-0.02, *[0.0] * 96, 0.02, 0.02])
    assert equivalence.p_value(differences, 0.01) == pytest.approx(3 / 100)
    assert equivalence.p_value(-differences, 0.01) == pytest.approx(3 / 100)


def test_p_agrees_with_two_one_sided_tests_of_a_normal_difference():
    differences = RNG.normal(0.004, 0.004, 100_000)
    one_sided = [0.5 * math.erfc((0.01 - sign * 0.004) / 0.004 / math.sqrt(2)) for sign in (1, -1)]
    assert equivalence.p_value(differences, 0.01) == pytest.approx(max(one_sided), rel=0.05)


def test_replicates_without_a_figure_do_not_count():
    known = RNG.normal(0, 0.01, 100)
    with_gaps = np.append(known, [np.nan] * 10)
    assert equivalence.p_value(with_gaps, 0.01) == equivalence.p_value(known, 0.01)
    assert equivalence.interval(with_gaps) == equivalence.interval(known)


@pytest.mark.parametrize("margin", [0, -0.01, math.inf, math.nan])
def test_a_margin_that_is_no_size_is_refused(margin):
    with pytest.raises(InvalidOption, match="--margin must be a difference in AUC above 0; got"):
        equivalence.check_margin(margin)
