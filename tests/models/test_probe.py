import numpy as np
import pandas as pd
import pytest

from models import probe
from models.probe import Targets, of_metadata, of_values
from models.views import Block, Views

RNG = np.random.default_rng(19)
N_IMAGES = 240
PATIENTS = np.arange(N_IMAGES) // 2
MALE = (PATIENTS % 3 == 0).astype(np.float32)
TARGET = Targets(("sex M",), MALE[:, None])
NOISE = RNG.normal(size=(N_IMAGES, 6)).astype(np.float32)
PLANTED = NOISE + 2 * MALE[:, None] * np.eye(6, dtype=np.float32)[0]
FEW = {"n_replicates": 99}


@pytest.fixture(scope="module")
def probed():
    views = Views({"net": Block(PLANTED, "deep"), "words": Block(NOISE, "words")})
    return probe.probes(views, TARGET, PATIENTS, **FEW)


def test_features_that_know_the_target_have_an_interval_above_a_half(probed):
    assert probed["net"]["sex M"]["auc_ci"][0] > 0.8


def test_features_that_do_not_know_it_have_an_interval_around_a_half(probed):
    low, high = probed["words"]["sex M"]["auc_ci"]
    assert low < 0.5 < high


def test_features_that_only_know_the_patient_do_not_know_the_target():
    one_hot = np.eye(PATIENTS.max() + 1, dtype=np.float32)[PATIENTS]
    found = probe.probe(one_hot, TARGET, PATIENTS, **FEW)["sex M"]
    assert found["auc"] == pytest.approx(0.5, abs=0.02)


def test_the_same_seed_gives_the_same_figures(probed):
    again = probe.probe(PLANTED, TARGET, PATIENTS, **FEW)
    assert again == probed["net"]


def test_images_of_unknown_value_do_not_count():
    labels = TARGET.labels.copy()
    labels[:40] = np.nan
    found = probe.probe(PLANTED, Targets(("sex M",), labels), PATIENTS, **FEW)["sex M"]
    assert (found["films"], found["patients"]) == (N_IMAGES - 40, N_IMAGES // 2 - 20)


def test_a_target_of_few_patients_gets_a_reason_beside_one_that_is_predicted():
    rare = (PATIENTS < 2).astype(np.float32)[:, None]
    found = probe.probe(PLANTED, TARGET + Targets(("view AP",), rare), PATIENTS, **FEW)
    assert found["view AP"]["auc"] is None
    assert "at least 5 are needed" in found["view AP"]["auc_ci_missing"]
    assert found["sex M"]["auc"] > 0.8


def test_of_many_images_those_of_some_patients_are_used():
    found = probe.probe(PLANTED, TARGET, PATIENTS, most_images=101, **FEW)["sex M"]
    assert (found["films"], found["patients"]) == (100, 50)


def test_two_values_make_one_target_and_three_make_three():
    two = of_values("sex", np.array(["M", "F", "", "M"], object))
    assert two.names == ("sex F",)
    np.testing.assert_array_equal(two.labels[:, 0], [0, 1, np.nan, 0])
    assert of_values("view", np.array(["PA", "AP", "LATERAL"], object)).names == (
        "view AP",
        "view LATERAL",
        "view PA",
    )


def test_a_variable_with_one_value_is_no_target():
    assert of_values("sex", np.array(["M", "M", ""], object)).names == ()


def test_age_is_split_at_its_median():
    meta = pd.DataFrame({"sex": "", "view": "", "age": [10.0, 40.0, np.nan, 60.0]})
    targets = of_metadata(meta)
    assert targets.names == ("age over 40",)
    np.testing.assert_array_equal(targets.labels[:, 0], [0, 0, np.nan, 1])


def test_the_value_that_is_predicted_best_leads():
    figures = {"view AP": {"auc": 0.7}, "view PA": {"auc": 0.9}, "sex F": {"auc": 0.99}}
    assert probe.leading(figures, "view") == {"auc": 0.9, "target": "view PA"}
    assert probe.leading({"view AP": {"auc": None}}, "view") is None
