import numpy as np
import pytest
from scipy.stats import binomtest

from evaluation.truth import Truth
from evaluation.wrong_decisions import (
    agreement,
    by_group,
    class_distances,
    label_distances,
    wrong_calls,
)

NAN = np.nan


def truth_of(labels, patients=None):
    ids = np.array([f"i{number}" for number in range(len(labels))], object)
    return Truth(ids, ids if patients is None else patients, labels, ("A", "B")[: labels.shape[1]])


def test_wrong_calls_are_as_far_from_their_thresholds_as_they_are():
    truth = np.array([[0, 1], [0, 1], [NAN, 1]])
    probabilities = np.array([[0.9, 0.1], [0.1, 0.9], [0.9, 0.2]])
    found = label_distances(truth, probabilities, np.array([0.5, 0.4]))
    np.testing.assert_allclose(found, [[0.4, 0.3], [NAN, NAN], [NAN, 0.2]])


def test_a_wrong_class_is_as_far_off_as_it_is_ahead_of_the_true_one():
    probabilities = np.array([[0.6, 0.3, 0.1], [0.2, 0.7, 0.1]])
    chosen = probabilities == probabilities.max(axis=1, keepdims=True)
    truth = np.array([[0, 1, 0], [0, 1, 0]])
    found = class_distances(truth, probabilities, chosen)
    np.testing.assert_allclose(found, [[0.3, 0.3, NAN], [NAN] * 3])


def test_only_what_has_a_truth_and_a_threshold_is_decided():
    truth, thresholds = np.array([[1, 0, NAN]]), np.array([[0.5, NAN, 0.5]])
    found = wrong_calls(truth, np.array([[0.4, 0.9, 0.9]]), thresholds)
    np.testing.assert_array_equal(found, [[1, NAN, NAN]])


def test_agreement_counts_who_is_right_with_mcnemars_test():
    ours = np.array([0, 0, 0, 0, 0, 1, 1, NAN])[:, None]
    theirs = np.array([0, 1, 1, 1, 1, 0, 1, 0])[:, None]
    found = agreement(truth_of(np.zeros((8, 1))), ours, theirs)["A"]
    assert (found["both_right"], found["both_wrong"]) == (1, 1)
    assert (found["only_model_right"], found["only_baseline_right"]) == (4, 1)
    assert found["p"] == found["p_holm"] == pytest.approx(binomtest(4, 5).pvalue)


def test_groups_have_the_share_of_their_decisions_that_are_wrong():
    rng = np.random.default_rng(0)
    ours, theirs = rng.random((2, 90, 2)).round()
    ours[:5, 1] = NAN
    values = np.array(["F", "M", ""] * 30, object)
    found = by_group(truth_of(np.zeros((90, 2))), ours, theirs, values, n_replicates=60)
    assert [*found] == ["F", "M"]
    women = values == "F"
    assert found["F"]["wrong"] == pytest.approx(np.nanmean(ours[women]))
    assert found["F"]["decisions"] == np.count_nonzero(~np.isnan(ours[women]))
    assert found["F"]["difference"] == pytest.approx(np.nanmean(ours[women]) - theirs[women].mean())
    low, high = found["F"]["ci"]
    assert low < found["F"]["difference"] < high


def test_equal_models_differ_by_nothing_in_any_group():
    calls = np.random.default_rng(0).random((60, 2)).round()
    values = np.array(["F", "M"] * 30, object)
    found = by_group(truth_of(np.zeros((60, 2))), calls, calls, values, n_replicates=40)
    assert [each["difference"] for each in found.values()] == [0, 0]


def test_a_group_of_few_patients_has_the_reason_instead_of_an_interval():
    patients = np.repeat(np.array([f"p{number}" for number in range(6)], object), 10)
    calls = np.random.default_rng(0).random((60, 2)).round()
    truth = truth_of(np.zeros((60, 2)), patients)
    found = by_group(truth, calls, 1 - calls, np.full(60, "F", object), n_replicates=40)
    assert (found["F"]["ci"], found["F"]["patients"]) == (None, 6)
    assert "the 60 images come from 6 patients" in found["F"]["ci_missing"]
