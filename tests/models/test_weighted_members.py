import numpy as np
import pytest

from errors import InvalidOption
from models.classifiers.ensemble import Ensemble
from models.classifiers.late_fusion import LateFusion
from models.classifiers.logistic import Logistic
from models.classifiers.xgboost import Xgboost
from models.weighted_members import scale
from tests.models import made_up

TRAIN, VALIDATION, TEST = (made_up.labelled(seed=seed) for seed in range(3))
MEMBERS = ("logistic", "xgboost:words@2")


def test_parts_are_members_of_their_own_seeds_that_are_not_fitted():
    deep, words = LateFusion(members=MEMBERS, seed=3).parts([])
    assert (type(deep).__name__, deep.seed, deep.needs) == ("Logistic", 3, ("deep",))
    assert (type(words).__name__, words.seed, words.needs) == ("Xgboost", 2003, ("words",))
    assert not hasattr(deep, "constants_")


def test_scales_are_those_of_each_member_and_label():
    logits = np.random.default_rng(0).normal(3, 2, (2, 50, 4))
    centres, spreads = scale(logits, False)
    standard = (logits - centres) / spreads
    np.testing.assert_allclose(standard.mean(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(standard.std(axis=1), 1)


def test_exclusive_classes_have_one_spread():
    logits = np.random.default_rng(0).normal(3, 2, (2, 50, 4)) * np.arange(1, 5)
    _, spreads = scale(logits, True)
    np.testing.assert_allclose(spreads, np.std(logits, axis=(1, 2), keepdims=True) * np.ones(4))


@pytest.mark.parametrize("kind", [LateFusion, Ensemble])
def test_members_of_one_patient_are_kept_together_by_what_fit_is_given(kind):
    made = kind(members=("logistic", "logistic:words"))
    patients = np.arange(len(TRAIN[1])) // 4
    made.fit(*TRAIN, validation=VALIDATION, patients=patients)
    np.testing.assert_array_equal(made._owners(len(TRAIN[1])), patients)
    for member in made.fitted_:
        np.testing.assert_array_equal(member._patients, patients)


def test_each_member_keeps_checkpoints_in_a_folder_of_its_own(tmp_path, monkeypatch):
    places = []
    monkeypatch.setattr(Logistic, "keep_in", lambda self, folder: places.append(folder))
    made = LateFusion(members=("logistic", "logistic:words")).keep_in(tmp_path)
    made.fit(*TRAIN, validation=VALIDATION)
    assert places == [tmp_path / "member-0", tmp_path / "member-1"]


@pytest.mark.slow
def test_a_member_on_images_trains_the_network_of_the_whole_and_has_no_part_in_grad_cam():
    network = {"backbone": "keras_file", "weights": made_up.backbone_file()}
    made = LateFusion(members=("finetuned", "logistic:words"), **network)
    images, _ = made.parts([])
    assert (images.backbone, images.weights) == tuple(network.values())
    assert made.needs == ("words", "pixels")
    assert made.differentiable_by == ("words",)


@pytest.mark.slow
def test_a_member_on_images_is_trained_and_survives_the_disk(tmp_path):
    few = [
        (made_up.with_images(views.select(slice(24))), labels[:24])
        for views, labels in (TRAIN, VALIDATION, TEST)
    ]
    network = {"backbone": "keras_file", "weights": made_up.backbone_file()}
    made = Ensemble(members=("finetuned", "logistic:words"), **network)
    made.fit(*few[0], validation=few[1], reported=True)
    made.save(tmp_path)
    again = Ensemble(**made.get_params()).load(tmp_path)
    probabilities = made.predict_proba(few[2][0])
    np.testing.assert_array_equal(again.predict_proba(few[2][0]), probabilities)
    tensors = made.tensor_logits({"sift": few[2][0].arrays["sift"]})
    assert made.attribution(few[2][0], [0]).blocks["pixels"].shape[:2] == (24, 1)
    np.testing.assert_allclose(
        tensors, made.fitted_[1].tensor_logits({"sift": few[2][0].arrays["sift"]}) / 2, rtol=1e-5
    )


def test_members_have_the_settings_that_are_given_for_their_plug_in():
    given = "logistic.C=0.1,3.0;xgboost.max_depth=5"
    linear, other, trees = LateFusion(
        members=("logistic", "logistic:words@1", "xgboost"), member_settings=given
    ).parts([])
    assert linear.C == other.C == (0.1, 3.0)
    assert trees.max_depth == 5


def test_settings_of_no_member_are_refused():
    with pytest.raises(InvalidOption, match="in use \\(logistic\\); got cnn"):
        LateFusion(members=("logistic",), member_settings="cnn.hidden=9").parts([])


def test_a_search_sets_the_options_of_members():
    fusion = LateFusion(members=MEMBERS, member_settings="xgboost.max_depth=4")
    own = {f"xgboost.{name}" for name in Xgboost().search_space} - {"xgboost.max_depth"}
    assert fusion.search_space.keys() == fusion.searched.keys() == own | {"logistic.C"}
    assert fusion.searched["xgboost.reg_lambda"] == Xgboost.reg_lambda
    chosen = {"logistic.C": (3.0,), "xgboost.reg_lambda": 2.5, "xgboost.subsample": 1.0}
    linear, trees = fusion.with_chosen(chosen).parts([])
    assert (linear.C, trees.reg_lambda, trees.subsample) == ((3.0,), 2.5, 1.0)
    assert trees.max_depth == 4


def test_an_ensemble_of_one_member_for_each_network_searches_the_options_of_that_member():
    made = Ensemble(member="logistic").with_chosen({"logistic.C": (10.0,)})
    assert [each.C for each in made.parts(["one", "other"])] == [(10.0,)] * 2
    assert Ensemble(member="logistic").searched == {"logistic.C": Logistic.C}
