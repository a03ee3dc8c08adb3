import json

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from datasets.loading import load
from datasets.options import Reading
from errors import BadScores
from evaluation import delong
from evaluation.calibration_error import brier
from evaluation.figures import evaluate
from evaluation.scores import Scores
from evaluation.truth import Truth

RNG = np.random.default_rng(sum(map(ord, "verdict")))
N_IMAGES = 400
IDS = np.arange(N_IMAGES).astype(str).astype(object)
NAMES = ("Mass", "Edema", "Hernia")
LABELS = (RNG.random((N_IMAGES, 3)) < (0.3, 0.1, 0)).astype(float)
LABELS[:20, 1] = np.nan
TRUTH = Truth(IDS, RNG.integers(0, 150, N_IMAGES), LABELS, NAMES)
LOGITS = 2 * np.nan_to_num(LABELS) + RNG.normal(size=LABELS.shape) - 2


def scores(model="cnn", noise=0.0, rows=slice(None)):
    rng = np.random.default_rng(1)
    values = 1 / (1 + np.exp(-(LOGITS + noise * rng.normal(size=LABELS.shape))))
    return Scores(model, IDS[rows], values[rows], NAMES)


def evaluated(*scored, **options):
    return evaluate(TRUTH, scored, n_replicates=200, **options)


@pytest.fixture(scope="module")
def found():
    return evaluated(
        scores(),
        scores("copy"),
        scores("damaged", noise=2),
        pairs=[("copy", "cnn"), ("damaged", "cnn")],
        thresholds={"cnn": np.array([0.4, np.nan, 0.9])},
    )


def test_figures_are_plain_json(found):
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_figures_are_those_of_sklearn(found):
    probabilities, model = scores().probabilities, found["models"]["cnn"]
    mass = roc_auc_score(LABELS[:, 0], probabilities[:, 0])
    edema = roc_auc_score(LABELS[20:, 1], probabilities[20:, 1])
    assert model["labels"]["Mass"]["auc"] == pytest.approx(mass)
    assert model["labels"]["Edema"]["auc"] == pytest.approx(edema)
    assert model["macro_auc"] == pytest.approx((mass + edema) / 2)


def test_intervals_surround_their_figures(found):
    model = found["models"]["cnn"]
    for holder, name in (
        (model, "macro_auc"),
        (model, "micro_auc"),
        (model["labels"]["Mass"], "auc"),
    ):
        low, high = holder[f"{name}_ci"]
        assert 0 <= low < holder[name] < high <= 1


def test_a_label_with_one_class_is_null_and_the_macro_says_over_how_many_it_is(found):
    model = found["models"]["cnn"]
    assert (model["labels"]["Hernia"]["auc"], model["labels"]["Hernia"]["auc_ci"]) == (None, None)
    assert model["labels"]["Hernia"]["positives"] == 0
    assert model["labels_in_macro"] == 2


def test_images_that_report_a_label_are_counted(found):
    labels = found["models"]["cnn"]["labels"]
    assert (labels["Mass"]["films"], labels["Edema"]["films"]) == (N_IMAGES, N_IMAGES - 20)


def test_delongs_interval_is_given_next_to_that_by_patient(found):
    labels, column = found["models"]["cnn"]["labels"], scores().probabilities[20:, 1]
    assert labels["Edema"]["auc_ci_delong"] == delong.interval(LABELS[20:, 1] == 1, column)
    assert labels["Hernia"]["auc_ci_delong"] is None


def test_calibration_is_the_mean_over_labels(found):
    model, probabilities = found["models"]["cnn"], scores().probabilities
    reported = ~np.isnan(LABELS)
    expected = [
        brier(LABELS[reported[:, k], k] == 1, probabilities[reported[:, k], k]) for k in range(3)
    ]
    assert model["calibration"]["brier"] == pytest.approx(np.mean(expected))


def test_decisions_are_made_at_the_thresholds_given_and_nowhere_else(found):
    labels = found["models"]["cnn"]["labels"]
    called = scores().probabilities[:, 0] >= 0.4
    assert labels["Mass"]["threshold"] == 0.4
    assert labels["Mass"]["recall"] == pytest.approx(called[LABELS[:, 0] == 1].mean())
    assert labels["Mass"]["false_positives"] == called[LABELS[:, 0] == 0].sum()
    assert labels["Edema"]["threshold"] is labels["Edema"]["f1"] is None
    assert found["models"]["copy"]["labels"]["Mass"]["recall"] is None


def test_images_that_no_threshold_decides_are_counted_and_cost_the_label_its_recall():
    # Of the images with Mass the first is in a fold without a threshold.
    first = np.flatnonzero(LABELS[:, 0] == 1)[0]
    folds = np.full(LABELS.shape, 0.5)
    folds[first, 0] = np.nan
    labels = evaluated(scores(), thresholds={"cnn": folds})["models"]["cnn"]["labels"]
    n_positive = int((LABELS[:, 0] == 1).sum())
    mass, edema = labels["Mass"], labels["Edema"]
    assert mass["films_decided"] == N_IMAGES - 1
    assert mass["recall"] is mass["f1"] is None
    told = f"{n_positive - 1} of {n_positive} images with the finding were decided"
    assert mass["recall_missing"] == told
    assert mass["true_positives"] + mass["false_negatives"] == n_positive - 1
    assert mass["precision"] is not None
    assert (edema["films_decided"], edema["recall_missing"]) == (edema["films"], None)
    assert edema["recall"] is not None


def test_a_negative_that_is_not_decided_costs_no_recall():
    folds = np.full(LABELS.shape, 0.5)
    folds[np.flatnonzero(LABELS[:, 0] == 0)[0], 0] = np.nan
    mass = evaluated(scores(), thresholds={"cnn": folds})["models"]["cnn"]["labels"]["Mass"]
    called = scores().probabilities[LABELS[:, 0] == 1, 0] >= 0.5
    assert mass["recall"] == pytest.approx(called.mean())
    assert mass["films_decided"] == N_IMAGES - 1


def test_without_any_threshold_no_image_is_decided(found):
    edema = found["models"]["cnn"]["labels"]["Edema"]
    n_positive = int((LABELS[:, 1] == 1).sum())
    assert (edema["films_decided"], edema["true_positives"]) == (0, None)
    assert edema["recall_missing"] == f"0 of {n_positive} images with the finding were decided"
    copy = found["models"]["copy"]["labels"]["Edema"]
    assert copy["films_decided"] is copy["recall_missing"] is None


def test_an_equal_copy_differs_by_0_with_p_1(found):
    comparison = found["comparisons"][0]
    assert (comparison["delta_macro_auc"], comparison["ci"], comparison["p"]) == (0, [0, 0], 1)
    assert (comparison["delta_micro_auc"], comparison["micro_p"]) == (0, 1)
    assert comparison["labels"]["Mass"]["p_holm"] == 1


def test_a_damaged_copy_is_found_worse(found):
    comparison = found["comparisons"][1]
    assert comparison["delta_macro_auc"] < 0
    assert comparison["ci"][1] < 0
    assert comparison["p"] <= 0.05
    assert comparison["labels"]["Mass"]["p_holm"] <= 0.05


def test_the_order_of_rows_does_not_matter(found):
    again = evaluated(scores(rows=RNG.permutation(N_IMAGES)))["models"]["cnn"]
    assert again["labels"]["Mass"]["auc"] == pytest.approx(
        found["models"]["cnn"]["labels"]["Mass"]["auc"]
    )
    assert again["macro_auc_ci"] == pytest.approx(found["models"]["cnn"]["macro_auc_ci"])


def test_the_prevalence_only_baseline_uses_training_prevalences_if_given():
    own = evaluated(scores())["floors"]
    equal = evaluated(scores(), prevalences=np.full(3, 0.1))["floors"]
    assert own["micro_no_skill"] > 0.6
    assert equal["micro_no_skill"] == 0.5
    assert [own["prevalences_of"], equal["prevalences_of"]] == [
        "evaluated images",
        "training images",
    ]


def test_models_over_other_images_are_refused():
    with pytest.raises(BadScores, match="cnn has 400, half 200, and 200 are in both"):
        evaluated(scores(), scores("half", rows=slice(200)))


def test_two_models_of_one_name_are_refused():
    with pytest.raises(BadScores, match="its own name; got cnn, cnn"):
        evaluated(scores(), scores())


def test_images_without_any_finding_are_no_ground_for_a_evaluated():
    healthy = Truth(IDS, TRUTH.patients, np.zeros(LABELS.shape), NAMES)
    with pytest.raises(BadScores, match=r"none of Mass, Edema, Hernia has both among 400 images"):
        evaluate(healthy, [scores()])


@pytest.mark.real
def test_a_public_chexnet_gets_the_figures_it_is_known_by(real_data):
    images = load(Reading(data=real_data / "nih_metadata", images=False))
    table = pd.read_csv(real_data / "chexnet" / "preds.csv", index_col=0)
    names = tuple(table.columns.str.removeprefix("prob_"))
    chexnet = Scores("chexnet", table.index.to_numpy(object), table.to_numpy(), names)
    truth = Truth(images.ids, images.patients, images.labels, images.label_names)
    found = evaluate(truth, [chexnet], n_replicates=100)
    model = found["models"]["chexnet"]
    labels = {name: figures["auc"] for name, figures in model["labels"].items()}
    assert model["labels_in_macro"] == 14
    assert model["macro_auc"] == pytest.approx(0.8383, abs=5e-5)
    assert model["micro_auc"] == pytest.approx(0.8814, abs=5e-5)
    assert labels["Cardiomegaly"] == pytest.approx(0.9090, abs=5e-5)
    assert labels["Hernia"] == pytest.approx(0.9175, abs=5e-5)
    assert 0.73 < found["floors"]["micro_no_skill"] < 0.75


def test_thresholds_that_differ_between_images_have_their_mean_and_range():
    folds = np.where(np.arange(N_IMAGES)[:, None] % 4, [0.2, np.nan, 0.5], [0.6, np.nan, 0.5])
    labels = evaluated(scores(), thresholds={"cnn": folds})["models"]["cnn"]["labels"]
    told = [(label["threshold"], label["threshold_range"]) for label in labels.values()]
    assert told == [(pytest.approx(0.3), [0.2, 0.6]), (None, None), (0.5, None)]


def test_of_exclusive_classes_none_has_a_threshold_even_if_one_is_always_chosen():
    always_first = np.broadcast_to([0.0, np.inf, np.inf], LABELS.shape)
    labels = evaluated(scores(), thresholds={"cnn": always_first})["models"]["cnn"]["labels"]
    assert [each["threshold"] for each in labels.values()] == [None, None, None]
    assert labels["Mass"]["recall"] == 1
