import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm

from evaluation import delong
from evaluation.auc import auc

PROC = json.loads(Path(__file__).with_name("data").joinpath("delong_by_proc.json").read_text())
RNG = np.random.default_rng(sum(map(ord, "delong")))
POSITIVE = RNG.random(60) < 0.4
FIRST = RNG.random(60).round(1)
SECOND = (FIRST + RNG.random(60)).round(1)


@pytest.fixture(params=PROC["cases"].values(), ids=list(PROC["cases"]))
def proc(request):
    case = {name: np.array(value, float) for name, value in request.param.items()}
    return case | {"positive": case["positive"] == 1}


def by_definition(positive, first, second):
    """DeLong's covariance from the matrix of all pairs."""
    parts = []
    for scores in (first, second):
        pairs = product(scores[positive], scores[~positive])
        won = np.array([(a > b) + (a == b) / 2 for a, b in pairs])
        matrix = won.reshape(np.count_nonzero(positive), -1)
        parts.append((matrix.mean(axis=1), matrix.mean(axis=0)))
    return sum(np.cov(one, other)[0, 1] / len(one) for one, other in zip(*parts, strict=True))


def test_a_perfect_ranking_has_no_interval():
    assert delong.interval(POSITIVE, POSITIVE.astype(float)) is None


def test_variances_are_those_of_proc(proc):
    found = [delong.variance(proc["positive"], proc[name]) for name in ("first", "second")]
    np.testing.assert_allclose(found, proc["variance"], rtol=1e-8)


def test_p_values_are_those_of_proc(proc):
    found = delong.p_value(proc["positive"], proc["first"], proc["second"])
    assert found == pytest.approx(proc["p"], rel=1e-8)


def test_intervals_are_those_of_proc(proc):
    found = delong.interval(proc["positive"], proc["first"])
    np.testing.assert_allclose(found, proc["interval"], rtol=1e-8)


def test_the_p_value_is_that_of_the_definition_with_ties():
    one, other, both = (
        by_definition(POSITIVE, *pair)
        for pair in ((FIRST, FIRST), (SECOND, SECOND), (FIRST, SECOND))
    )
    distance = auc(POSITIVE, FIRST) - auc(POSITIVE, SECOND)
    expected = 2 * norm.sf(abs(distance) / np.sqrt(one + other - 2 * both))
    assert delong.p_value(POSITIVE, FIRST, SECOND) == pytest.approx(expected, rel=1e-9)


def test_equal_rankings_give_exactly_p_1():
    assert delong.p_value(POSITIVE, FIRST, FIRST) == 1.0
    assert delong.p_value(POSITIVE, FIRST, np.exp(FIRST)) == 1.0


def test_the_test_does_not_depend_on_which_model_comes_first():
    one, other = (delong.p_value(POSITIVE, *pair) for pair in ((FIRST, SECOND), (SECOND, FIRST)))
    assert one == pytest.approx(other)


def test_intervals_are_cut_to_0_and_1():
    scores = POSITIVE + RNG.random(60) * 1.2
    assert auc(POSITIVE, scores) < 1
    assert delong.interval(POSITIVE, scores)[1] == 1.0
    assert delong.interval(POSITIVE, -scores)[0] == 0.0


def test_one_image_of_a_class_has_no_variance():
    positive = np.array([True, False, False])
    assert np.isnan(delong.variance(positive, np.arange(3)))
    assert delong.interval(positive, np.arange(3)) is None
    assert np.isnan(delong.p_value(positive, np.arange(3), -np.arange(3)))


def test_one_class_has_nothing_to_test():
    assert np.isnan(delong.p_value(np.zeros(60, bool), FIRST, FIRST))


def test_a_perfect_and_a_perverse_ranking_leave_no_variance_to_test_by():
    assert np.isnan(delong.p_value(POSITIVE, POSITIVE * 1.0, POSITIVE * -1.0))
