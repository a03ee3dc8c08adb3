import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from evaluation import bootstrap, certainty, delong
from evaluation.comparison import compare, corrected, delong_tests, difference, holm
from evaluation.scores import Scores
from evaluation.truth import Truth

RNG = np.random.default_rng(sum(map(ord, "comparison")))
IDS = np.arange(300)
PATIENTS = RNG.integers(0, 80, 300)
NAMES = ("Mass", "Edema", "Hernia")
LABELS = (RNG.random((300, 3)) < 0.3).astype(float)
LABELS[:, 2] = 0
FIRST = (RNG.random(LABELS.shape) + LABELS) / 2
SECOND = (FIRST + RNG.random(LABELS.shape)) / 2
TRUTH = Truth(IDS, PATIENTS, LABELS, NAMES)


def drawn(probabilities):
    return bootstrap.replicates(LABELS, probabilities, PATIENTS, n_replicates=100)


@pytest.fixture(scope="module")
def found():
    model, baseline = (
        Scores(name, IDS, values, NAMES) for name, values in (("hybrid", SECOND), ("cnn", FIRST))
    )
    missing = certainty.missing(LABELS, TRUTH.owners)
    return compare(TRUTH, model, baseline, drawn(SECOND), drawn(FIRST), missing)


def test_differences_are_model_less_baseline(found):
    aucs = [roc_auc_score(LABELS[:, :2], values[:, :2]) for values in (SECOND, FIRST)]
    assert found["delta_macro_auc"] == pytest.approx(aucs[0] - aucs[1])
    micro = [roc_auc_score(LABELS, values, average="micro") for values in (SECOND, FIRST)]
    assert found["delta_micro_auc"] == pytest.approx(micro[0] - micro[1])


def test_intervals_are_of_paired_replicates(found):
    difference = drawn(SECOND).macro - drawn(FIRST).macro
    assert found["ci"] == bootstrap.interval(difference)
    assert found["p"] == bootstrap.p_value(difference)
    one_label = drawn(SECOND).labels[:, 0] - drawn(FIRST).labels[:, 0]
    assert found["labels"]["Mass"]["ci"] == bootstrap.interval(one_label)


def test_delongs_p_is_corrected_over_the_labels_that_were_tested(found):
    tests = [delong.p_value(LABELS[:, k] == 1, SECOND[:, k], FIRST[:, k]) for k in (0, 1)]
    for name, test, whole in zip(NAMES, tests, holm(np.array(tests)), strict=False):
        assert found["labels"][name]["p_delong"] == pytest.approx(test)
        assert found["labels"][name]["p_holm"] == pytest.approx(whole)


def test_a_label_with_one_class_is_null_throughout(found):
    hernia = found["labels"]["Hernia"]
    assert {hernia[key] for key in ("delta", "ci", "p_delong", "p_holm")} == {None}
    assert hernia["ci_missing"].startswith("0 patients have images with the finding")


def test_below_20_patients_there_is_no_interval_no_p_and_a_reason():
    truth = Truth(IDS, PATIENTS % 19, LABELS, NAMES)
    model, baseline = (Scores(name, IDS, FIRST, NAMES) for name in ("a", "b"))
    missing = certainty.missing(LABELS, truth.owners)
    told = compare(truth, model, baseline, drawn(SECOND), drawn(FIRST), missing)
    for holder, keys in ((told, ("ci", "p", "micro_ci", "micro_p")), (told["labels"]["Mass"], ())):
        assert {holder[key] for key in (*keys, "ci")} == {None}
        assert "300 images come from 19 patients" in holder["ci_missing"]
    assert told["labels"]["Mass"]["p_delong"] is told["labels"]["Mass"]["p_holm"] is None


def test_a_difference_that_no_replicate_moves_is_not_certain():
    ours, theirs = np.full(100, 0.9), np.full(100, 0.8)
    assert difference(ours, theirs, None) == (None, None, certainty.SAME)


def test_replicates_in_which_both_figures_are_infinite_do_not_count():
    ours, theirs = np.arange(100) + 2.0, np.arange(100) + 1.5 * np.arange(100) % 2
    infinite = [np.append(each, np.inf) for each in (ours, theirs)]
    assert difference(*infinite, None) == difference(ours, theirs, None)


def test_two_perfect_models_have_no_interval_of_their_difference():
    perfect = np.ones(100)
    assert difference(perfect, perfect, None) == (None, 1, certainty.SAME)


def test_equal_rankings_differ_by_0_with_p_1_even_where_a_replicate_lost_a_class():
    figures = np.append(RNG.random(99), np.nan)
    assert difference(figures, figures, None) == ([0, 0], 1, None)


@pytest.mark.parametrize(("n_replicates", "needed"), [(118, 119), (119, None), (1000, None)])
def test_replicates_that_are_too_few_for_the_correction_are_named(n_replicates, needed):
    comparisons = [{"p": 2 / (n_replicates + 1)} for _ in range(3)] + [{"p": None}]
    corrected(comparisons, n_replicates)
    assert [each["replicates_needed"] for each in comparisons] == [needed] * 4
    assert (round(comparisons[0]["p_holm"], 9) <= 0.05) == (needed is None)
    assert comparisons[3]["p_holm"] is None


def test_images_that_do_not_report_a_label_are_not_tested():
    labels = LABELS.copy()
    labels[100:, 0] = np.nan
    expected = delong.p_value(LABELS[:100, 0] == 1, FIRST[:100, 0], SECOND[:100, 0])
    assert delong_tests(labels, FIRST, SECOND)[0] == pytest.approx(expected)


def test_holm_by_hand():
    # 0.01 x 4, 0.02 x 3, 0.03 x 2 is no less than the one before, 0.9 x 1
    np.testing.assert_allclose(holm(np.array([0.9, 0.01, 0.03, 0.02])), [0.9, 0.04, 0.06, 0.06])


def test_a_corrected_p_never_passes_1():
    assert holm(np.array([0.6, 0.7])).tolist() == [1, 1]


def test_what_was_not_tested_stays_unknown_and_costs_nothing():
    np.testing.assert_allclose(holm(np.array([0.01, np.nan, 0.04])), [0.02, np.nan, 0.04])


def test_holm_takes_no_test_at_all():
    assert holm(np.array([])).tolist() == []
