import numpy as np
import pytest
from scipy.stats import betabinom, binomtest

from evaluation.conformal import Bounds
from evaluation.conformal_coverage import (
    CURVE,
    beyond,
    chance,
    clopper_pearson,
    coverage,
    curve,
    not_guaranteed,
    shares,
    shifted,
)

NAN = np.nan
ENOUGH = np.full((2, 1), 50)


def drawn(n, seed, shift=0.0):
    """Labels and probabilities (2n, 1) of images of a patient each."""
    rng = np.random.default_rng(seed)
    labels = np.repeat([0.0, 1.0], n)[:, None]
    scores = rng.normal(size=(2 * n, 1)) + 2 * labels - shift
    return labels, 1 / (1 + np.exp(-scores)), np.arange(2 * n)


def found(shift, seed=1):
    bounds = Bounds.of(*drawn(60, seed=0))
    labels, probabilities, owners = drawn(200, seed, shift)
    answers = bounds.answers(probabilities, 0.1)
    return coverage(labels, owners, [answers], bounds.patients, ["Mass"])


def test_coverage_is_the_mean_over_patients_of_the_share_without_a_wrong_answer():
    labels, owners = np.array([[1, 1, 1, 1, 0]]).T.astype(float), np.array([0, 0, 1, 2, 3])
    answers = np.array([[0, 1, NAN, 0, 1]]).T
    one = coverage(labels, owners, [answers], ENOUGH, ["Mass"])["labels"]["Mass"]
    # The first patient has one wrong answer of two, the third only a wrong one.
    assert one["with_finding"]["coverage"] == pytest.approx((0.5 + 1 + 0) / 3)
    assert one["with_finding"]["patients"] == 3
    assert one["without_finding"]["coverage"] == 0
    assert one["answered"] == pytest.approx(4 / 5)


def test_answers_of_several_trainings_count_as_their_mean():
    labels = np.array([[1.0]])
    given, wrong = shares(labels, [np.array([[0.0]]), np.array([[NAN]]), np.array([[1.0]])])
    assert given == pytest.approx(2 / 3)
    assert wrong == pytest.approx(1 / 3)


@pytest.mark.parametrize(("covered", "n"), [(0, 12), (7, 12), (12, 12)])
def test_the_interval_is_the_exact_one_of_a_binomial_share(covered, n):
    expected = binomtest(covered, n).proportion_ci(method="exact")
    np.testing.assert_allclose(clopper_pearson(covered, n), [*expected], atol=1e-9)


def test_the_chance_of_little_coverage_is_beta_binomial():
    # Of 50 calibration patients the fifth lowest is the bound at a tenth.
    expected = betabinom.cdf(160, 200, 46, 5)
    assert chance(160, 200, 50, 0.1) == pytest.approx(expected)
    assert chance(200, 200, 50, 0.1) == pytest.approx(1)


def test_images_that_differ_from_those_of_calibration_are_reported():
    (sentence,) = beyond(0.1, shifted(found(shift=1.5)))
    assert sentence.startswith("at level 0.1, answers are wrong for more than 10 % of patients")
    assert "Mass is called absent in " in sentence
    assert sentence.endswith(" patients with it")


def test_the_worst_answers_come_first_and_the_rest_are_counted():
    (sentence,) = beyond(0.1, [(0.2, "two"), (0.4, "four"), (0.3, "three")], most=2)
    assert sentence.endswith("validation images: four; three; and 1 more")
    assert beyond(0.1, []) == []


def test_images_like_those_of_calibration_are_rarely_called_different():
    alarms = sum(bool(shifted(found(0.0, seed))) for seed in range(1, 101))
    # At most 5 of 100 are expected, and 12 are beyond three standard errors.
    assert alarms < 12


def test_a_label_without_a_guarantee_has_no_coverage():
    labels, owners = np.array([[1.0], [0.0]]), np.arange(2)
    few = np.array([[50], [8]])
    one = coverage(labels, owners, [np.full((2, 1), NAN)], few, ["Hernia"])["labels"]["Hernia"]
    assert not one["guaranteed"]
    assert one["with_finding"]["coverage"] is one["without_finding"]["coverage"] is None
    assert "Hernia: fewer than 9 validation patients" in not_guaranteed(["Hernia"], 0.1)


def test_a_curve_tells_how_many_are_answered_and_how_many_of_these_wrongly():
    labels = np.array([[1.0, 0.0], [0.0, NAN]])
    by_level = {level: np.full((2, 2), NAN) for level in CURVE}
    by_level[0.1] = np.array([[0.0, 0.0], [0.0, 1.0]])
    drawn_curve = curve(labels, lambda level: [by_level[level]])
    place = drawn_curve["levels"].index(0.1)
    assert drawn_curve["answered"][place] == 1
    assert drawn_curve["wrong"][place] == pytest.approx(1 / 3)
    assert drawn_curve["wrong"][0] is None
