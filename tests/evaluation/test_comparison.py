import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from evaluation import bootstrap, delong
from evaluation.comparison import compare, delong_tests
from evaluation.holm import holm
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
    return compare(TRUTH, model, baseline, drawn(SECOND), drawn(FIRST))


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


def test_delong_stands_beside_it_corrected_over_the_labels_that_were_tested(found):
    tests = [delong.p_value(LABELS[:, k] == 1, SECOND[:, k], FIRST[:, k]) for k in (0, 1)]
    for name, test, corrected in zip(NAMES, tests, holm(np.array(tests)), strict=False):
        assert found["labels"][name]["p_delong"] == pytest.approx(test)
        assert found["labels"][name]["p_holm"] == pytest.approx(corrected)


def test_a_label_with_one_class_is_null_throughout(found):
    nothing = {"delta": None, "ci": None, "p_delong": None, "p_holm": None}
    assert found["labels"]["Hernia"] == nothing


def test_films_that_do_not_report_a_label_are_not_tested():
    labels = LABELS.copy()
    labels[100:, 0] = np.nan
    expected = delong.p_value(LABELS[:100, 0] == 1, FIRST[:100, 0], SECOND[:100, 0])
    assert delong_tests(labels, FIRST, SECOND)[0] == pytest.approx(expected)
