import numpy as np
import pytest
from scipy.stats import ks_2samp

from evaluation.population_shift import Histogram, Shift, has_shifted

RNG = np.random.default_rng(0)
REFERENCE = RNG.normal(size=1000)
HISTOGRAM = Histogram.of(REFERENCE)


def moved(histogram, values):
    return histogram.shift(histogram.counted(np.asarray(values, float)))


def test_values_of_the_reference_itself_have_not_moved():
    shift = moved(HISTOGRAM, REFERENCE)
    assert shift == Shift(0, 0, 1, 1000)


@pytest.mark.parametrize("mean", [0.0, 0.3, 1.0, 3.0])
def test_the_distance_is_scipys_up_to_the_width_of_a_bin(mean):
    values = RNG.normal(mean, size=400)
    expected = ks_2samp(REFERENCE, values)
    shift = moved(HISTOGRAM, values)
    assert expected.statistic - 0.02 <= shift.ks <= expected.statistic + 1e-12


def test_the_p_value_is_that_of_the_distance_for_samples_of_these_sizes():
    """Another way: the sum of Kolmogorov's series."""
    shift = moved(HISTOGRAM, RNG.normal(0.1, size=400))
    scaled = shift.ks**2 * 1000 * 400 / 1400
    terms = [(-1) ** (k - 1) * np.exp(-2 * k**2 * scaled) for k in range(1, 50)]
    assert shift.p == pytest.approx(2 * sum(terms))


def test_the_index_is_that_of_deciles_computed_by_hand():
    values = RNG.normal(1, size=400)
    bounds = [-np.inf, *np.quantile(REFERENCE, np.arange(1, 10) / 10), np.inf]
    shares = []
    for sample in (REFERENCE, values):
        counts = np.histogram(sample, bounds)[0] + 0.5
        shares.append(counts / counts.sum())
    expected = np.sum((shares[1] - shares[0]) * np.log(shares[1] / shares[0]))
    assert moved(HISTOGRAM, values).psi == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize("other", [511, 513])
def test_a_value_that_all_share_differs_from_the_next_one(other):
    histogram = Histogram.of(np.full(200, 512.0))
    assert moved(histogram, [512] * 50).ks == 0
    assert moved(histogram, [other] * 50).ks == 1
    assert moved(histogram, [other] * 50).psi > 1


def test_a_shifted_mean_is_found_and_chance_is_not():
    found = [
        has_shifted(moved(HISTOGRAM, RNG.normal(mean, size=100)), 10)
        for mean in [1.0] * 50 + [0.0] * 200
    ]
    assert all(found[:50])
    assert not any(found[50:])


def test_the_middle_is_the_median_up_to_the_width_of_a_bin():
    middle, _ = HISTOGRAM.middle(HISTOGRAM.counts)
    assert middle == pytest.approx(np.median(REFERENCE), abs=0.05)
    values = RNG.normal(1, size=301)
    middle, beyond = HISTOGRAM.middle(HISTOGRAM.counted(values))
    assert middle == pytest.approx(np.median(values), abs=0.1)
    assert beyond == ""
    same = Histogram.of(np.full(9, 512.0))
    assert same.middle(same.counts) == (512, "")


@pytest.mark.parametrize(("value", "beyond"), [(99.0, " or more"), (-99.0, " or less")])
def test_a_middle_beyond_the_bins_says_so(value, beyond):
    bound, said = HISTOGRAM.middle(HISTOGRAM.counted(np.array([value] * 3)))
    assert said == beyond
    assert abs(bound) < 3
