import numpy as np
import pytest
from scipy.stats import norm

from evaluation import bootstrap, power
from evaluation.auc import label_aucs

RNG = np.random.default_rng(sum(map(ord, "power")))
ERRORS = RNG.normal(size=20_000)
ERRORS -= ERRORS.mean()
N_PATIENTS, N_STUDIES = 200, 150
# The weight of the finding in the scores of two models, whose AUCs differ by about 0.07.
WEIGHTS = (1.0, 0.75)


def study(rng, n_patients=N_PATIENTS):
    """Labels (n, 1), and the scores of two models that share most of their noise."""
    labels = (np.arange(n_patients) % 4 == 0)[:, None].astype(float)
    shared = rng.normal(size=labels.shape)
    return labels, [
        norm.cdf(weight * labels + shared + 0.5 * rng.normal(size=labels.shape))
        for weight in WEIGHTS
    ]


def differences(labels, scores, seed=0, n_replicates=199):
    patients = np.arange(len(labels))
    first, second = (
        bootstrap.replicates(labels, each, patients, n_replicates=n_replicates, seed=seed).macro
        for each in scores
    )
    return first - second


def test_the_smallest_difference_is_2_8_standard_errors_at_5_percent():
    assert power.smallest_difference(0.01 * ERRORS, 0.05) == pytest.approx(0.0280, abs=3e-4)
    assert power.smallest_difference(0.01 * ERRORS, 0.05 / 3) == pytest.approx(0.0324, abs=3e-4)


def test_equal_rankings_have_no_smallest_difference():
    assert power.smallest_difference(np.zeros(50), 0.05) is None


def test_both_agree_that_the_smallest_difference_needs_as_many_patients_as_there_are():
    smallest = power.smallest_difference(ERRORS, 0.05)
    for true in (smallest, -smallest):
        assert power.patients_needed(true + ERRORS, true, 1_000, 0.05) == pytest.approx(
            1_000, rel=0.03
        )


def test_half_the_difference_takes_four_times_the_patients():
    whole = power.patients_needed(0.4 + ERRORS, 0.4, 1_000, 0.05)
    assert power.patients_needed(0.2 + ERRORS, 0.2, 1_000, 0.05) == pytest.approx(4 * whole, abs=4)


def test_the_power_of_the_patients_needed_is_80_percent():
    needed = power.patients_needed(0.4 + ERRORS, 0.4, 1_000, 0.05)
    times = np.array([0.5, 1, 2]) * needed / 1_000
    shares = power.share_shown(0.4 + ERRORS, 0.4, 0.05, times)
    assert shares[1] == pytest.approx(0.8, abs=0.001)
    expected = norm.cdf(0.4 * np.sqrt(1_000 * times / 1_000) - norm.ppf(0.975))
    np.testing.assert_allclose(shares, expected, atol=0.01)


def test_no_number_of_patients_shows_a_difference_of_zero():
    assert power.patients_needed(ERRORS, 0.0, 1_000, 0.05) is None


def test_replicates_without_a_figure_do_not_count():
    gaps = np.append(0.4 + ERRORS, np.nan)
    for function in (
        power.smallest_difference,
        lambda each, level: power.patients_needed(each, 0.4, 1_000, level),
    ):
        assert function(gaps, 0.05) == pytest.approx(function(0.4 + ERRORS, 0.05))


def test_power_is_the_share_of_studies_of_a_known_truth_that_show_it():
    rng = np.random.default_rng(7)
    labels, scores = study(rng, 100_000)
    true = float(np.subtract(*(label_aucs(labels, each)[0] for each in scores)))
    studies = [differences(*study(rng), seed) for seed in range(N_STUDIES)]
    shown = np.mean([bootstrap.interval(each)[0] > 0 for each in studies])
    spread = float(np.mean([each.std(ddof=1) for each in studies]))
    expected = norm.cdf(true / spread - norm.ppf(0.975))
    # Two standard errors of a share of so many studies.
    assert shown == pytest.approx(expected, abs=2 * np.sqrt(0.25 / N_STUDIES))
    by_replicates = np.mean(
        [
            power.share_shown(each - each.mean() + true, true, 0.05, np.ones(1))[0]
            for each in studies
        ]
    )
    assert shown == pytest.approx(by_replicates, abs=2 * np.sqrt(0.25 / N_STUDIES))
