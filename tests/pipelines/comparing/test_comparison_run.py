from dataclasses import fields, replace
from types import SimpleNamespace

import numpy as np
import pytest

from datasets.images import Split, unknown_meta
from features.extracted import Extracted
from pipelines.command_options import Compare
from pipelines.comparing.candidates import Candidate, candidates_of, metadata_only
from pipelines.comparing.comparison_run import ComparisonRun
from pipelines.comparing.run_cache import Fit
from reports.report_figures import ModelFigures, Setting
from reports.report_tree import Backbone
from tests import fakes

LABELS = np.array([[1, 0], [0, 1], [1, 0], [0, 1]], float)
OPTIONS = Compare(classifiers="logistic,xgboost", baseline="logistic", folds=2, seeds=2)
NONE = ModelFigures(**dict.fromkeys(item.name for item in fields(ModelFigures)))
NETWORK, WORDS = SimpleNamespace(transform_images=len), None
BRANCHES = {
    "resnet50": SimpleNamespace(extractor=NETWORK),
    "sift_words": SimpleNamespace(extractor=WORDS),
}


def fit(ids, probability, threshold=0.5):
    history = {"Network": {"validation_auc": np.array([0.5, 0.6])}}
    probabilities = np.full((len(ids), 2), probability)
    return Fit(np.array(ids, object), probabilities, np.array([threshold, np.nan]), 1.0, history)


@pytest.fixture
def run():
    """Two folds of two images each and two seeds; the metadata-only baseline is like the rest."""
    images = fakes.images(LABELS, split=Split("mine", np.array(["train", "test"] * 2, object)))
    candidates = candidates_of(OPTIONS)
    halves = images.ids[:2].tolist(), images.ids[2:].tolist()
    fits = {
        each.name: [
            [fit(halves[0], 0.2, 0.1), fit(halves[0], 0.4, 0.3)],
            [fit(halves[1], 0.6, 0.5), fit(halves[1], 0.8, np.nan)],
        ]
        for each in (*candidates, metadata_only())
    }
    stages = [Extracted(images, BRANCHES, None, 0.0)] * 2
    return ComparisonRun(candidates, metadata_only(), fits, stages, OPTIONS)


def test_scores_are_means_over_seeds_of_the_images_of_every_fold(run):
    first = run.scores(run.candidates[0])
    assert first.ids.tolist() == run.images.ids.tolist()
    np.testing.assert_allclose(first.probabilities[:, 0], [0.3, 0.3, 0.7, 0.7])


def test_images_are_decided_by_the_mean_of_their_own_folds_thresholds(run):
    thresholds, never = run.thresholds()["logistic"].T
    assert thresholds == pytest.approx([(0.1 + 0.3) / 2] * 2 + [0.5] * 2)
    assert np.isnan(never).all()


def test_given_thresholds_replace_those_of_the_folds(run):
    label = run.images.label_names[0]
    asked = replace(run, options=replace(OPTIONS, thresholds=f"{label}=0.7")).thresholds()
    assert {*map(tuple, asked["logistic"][:, :1])} == {(0.7,)}
    assert asked["logistic"].shape == run.thresholds()["logistic"].shape


def test_every_test_image_has_the_number_of_its_fold(run):
    assert run.folds().tolist() == [1, 1, 2, 2]
    assert replace(run, options=replace(OPTIONS, folds=0)).folds() is None


def test_where_no_metadata_is_known_that_is_a_note(run):
    images = replace(run.images, meta=unknown_meta(len(run.images)))
    ignorant = replace(run, stages=[Extracted(images, BRANCHES, None, 0.0)] * 2)
    assert (run.knows_metadata, ignorant.knows_metadata) == (True, False)
    (note,) = ignorant.notes_of_splits()
    assert note.startswith("age, sex and view are not known for any image")


def test_networks_are_listed_with_the_weights_that_computed_their_features(run):
    store = SimpleNamespace(recipe={"content": {"weights": "ab12"}})
    extractor = SimpleNamespace(weights="net.keras", transform_images=len)
    network = SimpleNamespace(extractor=extractor, store=store)
    branches = {"keras_file": network, "sift_words": SimpleNamespace(extractor=None)}
    stages = [Extracted(run.images, branches, None, 0.0)] * 2
    found = replace(run, stages=stages).backbones()
    assert found == [Backbone("keras_file", "net.keras", "ab12")]


@pytest.mark.slow
def test_networks_trained_on_images_are_listed_with_the_weights_they_began_with(run):
    options = Compare(classifiers="finetuned", extractors="resnet50", weights="random")
    pixels = SimpleNamespace(extractor=None)
    stages = [Extracted(run.images, {"pixels": pixels}, None, 0.0)]
    found = ComparisonRun(candidates_of(options), metadata_only(), {}, stages, options).backbones()
    assert found == [Backbone("resnet50", "random", None)]


def test_every_other_candidate_is_compared_with_the_baseline(run):
    assert {other for _, other in run.pairs} == {"logistic"}
    names = [each.name for each in run.candidates]
    assert [name for name, _ in run.pairs] == names[1:]


def test_prevalences_are_those_of_the_images_learned_from(run):
    assert run.prevalences().tolist() == [1, 0]


def test_settings_name_the_visual_words_that_hybrids_add(run):
    settings = {each.name: run.setting(each) for each in run.candidates}
    assert settings["xgboost"] == Setting("Adding sift_words to the embedding", False)
    assert settings["logistic"].setting == "Without visual words"
    control = settings["xgboost with shuffled visual words"]
    assert control == Setting("Among the width-matched controls", True)


@pytest.mark.parametrize(
    ("needs", "told"),
    [
        (("deep", "words"), "Adding sift_words to the embeddings of resnet50 and mine"),
        (("mine", "words"), "Adding sift_words to the embedding of mine"),
        (("mine",), "Without visual words"),
    ],
)
def test_settings_name_the_networks_where_there_are_several(run, needs, told):
    branches = {**BRANCHES, "mine": BRANCHES["resnet50"]}
    stages = [Extracted(run.images, branches, None, 0.0)] * 2
    kinds = tuple("deep" if each == "mine" else each for each in needs)
    own = Candidate("mine", "mine", None, None, needs, kinds)
    assert replace(run, stages=stages).setting(own).setting == told


@pytest.mark.parametrize(
    ("needs", "told"),
    [
        (("deep", "pixels", "words"), "Adding sift_words to the embedding"),
        (("pixels", "words"), "Adding sift_words to a network trained on images"),
        (("words",), "With sift_words alone"),
        (("pixels",), "Without visual words"),
    ],
)
def test_visual_words_are_alone_only_without_any_network(run, needs, told):
    own = Candidate("mine", "mine", None, None, needs, needs)
    assert run.setting(own).setting == told


def test_notes_are_those_of_the_images_of_every_split_each_once(run):
    noted = [replace(run.images, notes=notes) for notes in (("a", "b"), ("a", "c"))]
    stages = [Extracted(images, BRANCHES, None, 0.0) for images in noted]
    assert replace(run, stages=stages).notes_of_splits() == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("classifiers", "told"),
    [("xgboost,late_fusion", "xgboost also see"), ("logistic,late_fusion", "no model sees")],
)
def test_models_that_see_age_sex_and_view_are_named(run, classifiers, told):
    members = "late_fusion.members=logistic,logistic:words"
    options = Compare(classifiers=classifiers, metadata=True, set=members)
    changed = replace(run, candidates=candidates_of(options), options=options)
    (note,) = changed.notes_of_splits()
    assert note.startswith(f"{told} age, sex and view")
    assert not replace(run, candidates=candidates_of(OPTIONS)).notes_of_splits()


def test_a_label_that_no_fold_can_learn_is_named_once(run):
    run = replace(run, stages=[Extracted(run.images, {}, None, 0.0)] * 2)
    notes = run.data(run.truth(run.images.ids)).notes
    assert [note for note in notes if note.startswith("label1")] == [
        "label1 has no positive among 2 training images of fold 1, 2 training images of fold 2"
        " and gets a constant probability"
    ]


def test_histories_are_those_of_all_trainings_but_the_controls(run):
    found = run.histories()
    assert {name: len(each) for name, each in found.items()} == {
        "logistic": 4,
        "xgboost": 4,
        "metadata alone": 4,
    }


def test_the_macro_auc_of_each_seed_is_reported(run):
    truth, candidate = run.truth(run.images.ids), run.candidates[0]
    figures = run.with_training(NONE, candidate, truth)
    assert figures.fit_seconds == 1.0
    # Both seeds give all images of a fold the same probability, and the folds are alike.
    assert figures.training.macro_auc_by_seed == [0.5, 0.5]


def test_the_shares_of_members_are_reported_for_each_training(run):
    def fused(one, share):
        shares = {"cnn": 1 - share, "xgboost": share}
        return replace(one, shares=shares)

    fits = [
        [fused(one, share) for one in seeds]
        for seeds, share in zip(run.fits["xgboost"], (0, 0.5), strict=True)
    ]
    every = {name: fits if name.startswith("xgboost") else own for name, own in run.fits.items()}
    changed = replace(run, fits=every)
    truth, candidate = run.truth(run.images.ids), run.candidates[1]
    training = changed.with_training(NONE, candidate, truth).training
    assert training.member_shares == {"cnn": [1, 1, 0.5, 0.5], "xgboost": [0, 0, 0.5, 0.5]}
