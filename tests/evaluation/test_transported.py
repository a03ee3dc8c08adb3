import numpy as np
import pytest
from scipy.special import expit, logit
from sklearn.metrics import brier_score_loss, recall_score

from evaluation.figures import evaluate
from evaluation.scores import Scores
from evaluation.transported import State, of_states
from evaluation.truth import Truth

RNG = np.random.default_rng(5)
COUNT, NAMES = 600, ("Edema", "Mass")
CHANCES = RNG.uniform(0.05, 0.8, (COUNT, 2))
LABELS = (RNG.random(CHANCES.shape) < CHANCES).astype(float)
IDS = np.arange(COUNT).astype(str).astype(object)
TRUTH = Truth(IDS, IDS, LABELS, NAMES)
SHIFTED = expit(0.5 * logit(CHANCES) + 1)
THRESHOLDS = np.array([0.5, 0.4])


@pytest.fixture(scope="module")
def found():
    states = {"right": State(CHANCES, THRESHOLDS), "shifted": State(SHIFTED, THRESHOLDS)}
    return of_states(TRUTH, states, n_replicates=200)


def test_right_probabilities_are_calibrated_and_shifted_ones_are_not(found):
    right, shifted = found["right"], found["shifted"]
    for name, value in (("calibration_in_the_large", 0), ("slope", 1)):
        assert right[name]["ci"][0] < value < right[name]["ci"][1]
    assert shifted["slope"]["value"] == pytest.approx(2 * right["slope"]["value"], rel=1e-3)
    assert shifted["calibration_in_the_large"]["ci"][1] < 0


def test_rates_are_those_at_the_thresholds(found):
    for label, name in enumerate(NAMES):
        called = THRESHOLDS[label] <= SHIFTED[:, label]
        own = found["shifted"]["labels"][name]
        assert own["sensitivity"]["value"] == recall_score(LABELS[:, label], called)
        assert own["specificity"]["value"] == recall_score(1 - LABELS[:, label], ~called)
    means = [found["shifted"]["labels"][name]["sensitivity"]["value"] for name in NAMES]
    assert found["shifted"]["sensitivity"]["value"] == pytest.approx(np.mean(means))


def test_intervals_of_rates_are_those_of_the_metrics(found):
    scores = Scores("cnn", IDS, SHIFTED, NAMES)
    thresholds = {"cnn": THRESHOLDS}
    figures = evaluate(TRUTH, [scores], thresholds=thresholds, n_replicates=200)
    metrics = figures["models"]["cnn"]["metrics"]
    for name in ("sensitivity", "specificity"):
        assert found["shifted"][name]["ci"] == metrics[name]["ci"]
        for label in NAMES:
            own = found["shifted"]["labels"][label][name]
            assert own["ci"] == metrics[name]["labels"][label]["ci"]


def test_brier_scores_are_means_over_labels(found):
    scores = [brier_score_loss(LABELS[:, k], SHIFTED[:, k]) for k in (0, 1)]
    assert found["shifted"]["brier"] == pytest.approx(np.mean(scores))
    assert found["shifted"]["labels"]["Mass"]["brier"] == pytest.approx(scores[1])


def test_a_label_without_a_threshold_has_no_rates():
    state = State(CHANCES, np.array([np.nan, 0.4]))
    made = of_states(TRUTH, {"one": state}, n_replicates=50)["one"]
    edema = made["labels"]["Edema"]
    assert (edema["sensitivity"]["value"], edema["sensitivity"]["ci"]) == (None, None)
    assert edema["sensitivity"]["ci_missing"] == "the label has no threshold"
    assert edema["slope"]["ci"]
