import numpy as np
import pytest

import evaluation.metrics
import registry
from evaluation import metric_figures
from evaluation.figures import evaluate
from evaluation.metric import EXCLUSIVE, MULTILABEL, PROBABILITIES
from evaluation.scores import Scores
from evaluation.truth import Truth

RNG = np.random.default_rng(sum(map(ord, "metric figures")))
IDS = np.array([f"image{number}" for number in range(200)], object)
LABELS = (RNG.random((200, 3)) < (0.5, 0.3, 0.01)).astype(float)
TRUTH = Truth(IDS, np.arange(200) // 2, LABELS, ("Mass", "Edema", "Hernia"))
THRESHOLD = np.array([0.5, 0.5, np.nan])


def scores(name, noise):
    values = 1 / (1 + np.exp(-LABELS + noise * RNG.normal(size=LABELS.shape)))
    return Scores(name, IDS, values, TRUTH.label_names)


MODELS = [scores("good", 1), scores("poor", 3)]


@pytest.fixture(scope="module")
def figures():
    thresholds = {"good": THRESHOLD, "poor": THRESHOLD}
    return evaluate(TRUTH, MODELS, [("good", "poor")], thresholds=thresholds, n_replicates=60)


def test_the_metrics_are_the_files_of_their_folder():
    known = set(registry.names(evaluation.metrics))
    chosen = [metric_figures.chosen(task, decided=True) for task in (MULTILABEL, EXCLUSIVE)]
    assert set().union(*chosen) == known


def test_without_thresholds_there_are_the_metrics_of_probabilities_alone():
    chosen = metric_figures.chosen(MULTILABEL, decided=False)
    assert {each.needs for each in chosen.values()} == {PROBABILITIES}


def test_every_metric_explains_itself():
    for name, metric in metric_figures.chosen(MULTILABEL, decided=True).items():
        assert metric.title, name
        assert metric.explained.endswith("."), name


def test_each_metric_has_a_value_an_interval_and_its_value_without_skill(figures):
    found = figures["models"]["good"]["metrics"]["average_precision"]
    low, high = found["ci"]
    assert low < found["value"] < high
    assert found["prevalence_only"] == pytest.approx(LABELS.mean())
    assert found["labels"]["Mass"]["prevalence_only"] == pytest.approx(LABELS[:, 0].mean())


def test_a_label_of_few_patients_has_a_reason_for_an_interval(figures):
    hernia = figures["models"]["good"]["metrics"]["average_precision"]["labels"]["Hernia"]
    assert hernia["ci"] is None
    assert "at least 5 are needed" in hernia["ci_missing"]


def test_differences_are_paired_with_interval_and_p(figures):
    (pair,) = figures["comparisons"]
    models = [figures["models"][name]["metrics"] for name in ("good", "poor")]
    assert pair["metrics"].keys() == models[0].keys()
    found = pair["metrics"]["average_precision"]["labels"]["Mass"]
    ours, theirs = (one["average_precision"]["labels"]["Mass"]["value"] for one in models)
    assert found["delta"] == ours - theirs
    assert found["ci"][0] < found["delta"] < found["ci"][1]
    assert 0 < found["p"] <= 1


def test_equal_models_differ_by_0_with_p_1():
    again = Scores("again", IDS, MODELS[0].probabilities, TRUTH.label_names)
    (pair,) = evaluate(TRUTH, [MODELS[0], again], [("again", "good")], n_replicates=60)[
        "comparisons"
    ]
    tested = [each for each in pair["metrics"].values() if not each["ci_missing"]]
    assert {(each["delta"], each["p"]) for each in tested} == {(0, 1)}


def test_ratios_that_are_infinite_in_both_models_have_no_difference():
    perfect = [Scores(name, IDS, LABELS, TRUTH.label_names) for name in ("one", "other")]
    thresholds = {one.model: THRESHOLD for one in perfect}
    (pair,) = evaluate(TRUTH, perfect, [("other", "one")], thresholds=thresholds, n_replicates=60)[
        "comparisons"
    ]
    found = pair["metrics"]["positive_likelihood_ratio"]["labels"]["Mass"]
    assert (found["delta"], found["ci"], found["p"]) == (None, None, None)
    assert found["ci_missing"] == "a number that it is divided by is 0"


def test_no_figure_is_infinite_or_nan(figures):
    def numbers(node):
        if isinstance(node, dict):
            return [each for value in node.values() for each in numbers(value)]
        if isinstance(node, list):
            return [each for value in node for each in numbers(value)]
        return [node] if isinstance(node, float) else []

    assert np.isfinite(numbers([each["metrics"] for each in figures["comparisons"]])).all()
    assert np.isfinite(numbers([each["metrics"] for each in figures["models"].values()])).all()


def test_exclusive_classes_have_sensitivity_specificity_and_predictive_values():
    found = metric_figures.chosen(EXCLUSIVE, decided=True)
    assert {"sensitivity", "specificity", "ppv", "npv"} <= found.keys()
