import numpy as np
import pytest
from sklearn.metrics import confusion_matrix
from statsmodels.stats import contingency_tables

from evaluation import class_figures
from evaluation.figures import evaluate
from evaluation.scores import Scores
from evaluation.truth import Truth

RNG = np.random.default_rng(0)
N = 200
IDS = np.array([f"i{row}" for row in range(N)], object)
OWN = RNG.integers(0, 3, N)
NAMES = ("COVID", "NORMAL", "PNEUMONIA")
TRUTH = Truth(IDS, IDS, np.eye(3)[OWN], NAMES)


def scores(model, skill, seed):
    values = np.random.default_rng(seed).dirichlet(np.ones(3), N) + skill * np.eye(3)[OWN]
    return Scores(model, IDS, values / values.sum(axis=1, keepdims=True), NAMES)


MODEL, BASELINE = scores("hybrid", 0.5, 1), scores("cnn", 0.2, 2)


@pytest.fixture(scope="module")
def values():
    drawn = {"n_replicates": 199, "classes": NAMES}
    return evaluate(TRUTH, [BASELINE, MODEL], [("hybrid", "cnn")], **drawn)


def test_the_confusion_matrix_has_a_row_for_the_truth(values):
    found = values["models"]["hybrid"]["classes"]
    assert found["names"] == list(NAMES)
    expected = confusion_matrix(OWN, MODEL.probabilities.argmax(axis=1))
    np.testing.assert_array_equal(found["confusion"], expected)


def test_top_label_calibration_is_that_of_whether_the_class_chosen_is_right(values):
    probabilities = MODEL.probabilities
    right, confidence = probabilities.argmax(axis=1) == OWN, probabilities.max(axis=1)
    bins = np.searchsorted(np.quantile(confidence, np.arange(1, 10) / 10), confidence, "right")
    gaps = [abs(confidence[bins == b].sum() - right[bins == b].sum()) for b in range(10)]
    found = values["models"]["hybrid"]["classes"]["top_label_ece"]
    assert found == pytest.approx(sum(gaps) / N, abs=1e-10)


def test_accuracy_has_an_interval_and_a_paired_difference(values):
    accuracies = [values["models"][name]["metrics"]["accuracy"] for name in ("hybrid", "cnn")]
    (low, high), value = accuracies[0]["ci"], accuracies[0]["value"]
    assert low < value < high
    difference = values["comparisons"][0]["metrics"]["accuracy"]
    assert difference["delta"] == pytest.approx(value - accuracies[1]["value"], abs=1e-12)
    assert difference["ci"][0] > 0


def test_mcnemar_stands_beside_the_bootstrap(values):
    right = [each.probabilities.argmax(axis=1) == OWN for each in (MODEL, BASELINE)]
    found = values["comparisons"][0]["mcnemar"]
    assert found["only_model_right"] == np.sum(right[0] & ~right[1])
    assert found["p"] < 0.05


def test_independent_labels_have_no_figures_of_classes():
    plain = evaluate(TRUTH, [MODEL], n_replicates=99)["models"]["hybrid"]
    assert "classes" not in plain
    assert "accuracy" not in plain["metrics"]


def test_of_two_classes_the_label_comes_first():
    labels = TRUTH.labels[:, :1]
    truth = Truth(IDS, IDS, labels, ("COVID",))
    one = Scores("cnn", IDS, MODEL.probabilities[:, :1], ("COVID",))
    found = class_figures.of_model(truth, one, ("NORMAL", "COVID"))["classes"]
    assert found["names"] == ["COVID", "NORMAL"]
    assert sum(found["confusion"][0]) == labels.sum()


@pytest.mark.parametrize("shares", [(0.7, 0.7), (0.9, 0.6), (0.99, 0.98)])
def test_it_is_the_exact_test_of_statsmodels(shares):
    ours, theirs = (RNG.random(400) < share for share in shares)
    table = [[np.sum(one & other) for other in (theirs, ~theirs)] for one in (ours, ~ours)]
    found = class_figures.mcnemar(ours, theirs)
    expected = contingency_tables.mcnemar(table, exact=True).pvalue
    assert found["p"] == pytest.approx(expected, abs=1e-10)
    assert (found["only_model_right"], found["only_baseline_right"]) == (table[0][1], table[1][0])


def test_models_that_are_right_on_the_same_images_do_not_differ():
    right = RNG.random(50) < 0.5
    assert class_figures.mcnemar(right, right) == {
        "only_model_right": 0,
        "only_baseline_right": 0,
        "p": 1.0,
    }
