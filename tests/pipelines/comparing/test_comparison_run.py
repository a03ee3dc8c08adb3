from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from datasets.images import Split, unknown_meta
from pipelines.command_options import Compare
from pipelines.comparing.candidates import Contender, contenders
from pipelines.comparing.comparison_run import Contest
from pipelines.comparing.run_cache import Fit
from tests import fakes

LABELS = np.array([[1, 0], [0, 1], [1, 0], [0, 1]], float)
OPTIONS = Compare(classifiers="logistic,xgboost", baseline="logistic", folds=2, seeds=2)
BRANCHES = dict.fromkeys(("resnet50", "sift_words"))


def fit(ids, probability, threshold=0.5):
    history = {"Network": {"validation_auc": np.array([0.5, 0.6])}}
    probabilities = np.full((len(ids), 2), probability)
    return Fit(np.array(ids, object), probabilities, np.array([threshold, np.nan]), 1.0, history)


@pytest.fixture
def contest():
    """Two folds of two films each and two seeds; the metadata's probabilities are like the rest."""
    images = fakes.images(LABELS, split=Split("mine", np.array(["train", "test"] * 2, object)))
    taking_part = contenders(OPTIONS)
    halves = images.ids[:2].tolist(), images.ids[2:].tolist()
    found = {
        each.name: [
            [fit(halves[0], 0.2, 0.1), fit(halves[0], 0.4, 0.3)],
            [fit(halves[1], 0.6, 0.5), fit(halves[1], 0.8, np.nan)],
        ]
        for each in taking_part
    }
    stages = [SimpleNamespace(images=images, branches=BRANCHES)] * 2
    return Contest(taking_part, found, stages, OPTIONS)


def test_scores_are_means_over_seeds_of_the_images_of_every_fold(contest):
    first = contest.scores()[0]
    assert first.ids.tolist() == contest.images.ids.tolist()
    np.testing.assert_allclose(first.probabilities[:, 0], [0.3, 0.3, 0.7, 0.7])


def test_images_are_decided_by_the_mean_of_their_own_folds_thresholds(contest):
    thresholds, never = contest.thresholds()["logistic"].T
    assert thresholds == pytest.approx([(0.1 + 0.3) / 2] * 2 + [0.5] * 2)
    assert np.isnan(never).all()


def test_where_no_metadata_is_known_that_is_a_note(contest):
    images = replace(contest.images, meta=unknown_meta(len(contest.images)))
    ignorant = replace(contest, stages=[SimpleNamespace(images=images, branches=BRANCHES)] * 2)
    assert (contest.knows_metadata, ignorant.knows_metadata) == (True, False)
    (note,) = ignorant._notes()
    assert note.startswith("age, sex and view are known of no film")


def test_networks_are_listed_with_the_weights_that_computed_their_features(contest):
    store = SimpleNamespace(recipe={"content": {"weights": "ab12"}})
    extractor = SimpleNamespace(weights="net.keras", transform_images=len)
    network = SimpleNamespace(extractor=extractor, store=store)
    branches = {"keras_file": network, "sift_words": SimpleNamespace(extractor=None)}
    stages = [SimpleNamespace(images=contest.images, branches=branches)] * 2
    found = replace(contest, stages=stages)._backbones()
    assert found == [{"name": "keras_file", "weights": "net.keras", "digest": "ab12"}]


@pytest.mark.slow
def test_networks_trained_on_images_are_listed_with_the_weights_they_began_with(contest):
    options = Compare(classifiers="finetuned", extractors="resnet50", weights="random")
    pixels = SimpleNamespace(extractor=None)
    stages = [SimpleNamespace(images=contest.images, branches={"pixels": pixels})]
    found = Contest(contenders(options), {}, stages, options)._backbones()
    assert found == [{"name": "resnet50", "weights": "random", "digest": None}]


def test_every_model_but_metadata_alone_is_compared_with_the_baseline(contest):
    assert {other for _, other in contest.pairs} == {"logistic"}
    names = [each.name for each in contest.contenders]
    assert [name for name, _ in contest.pairs] == names[1:-1]


def test_prevalences_are_those_of_the_images_learned_from(contest):
    assert contest.prevalences().tolist() == [1, 0]


def test_the_words_that_hybrids_add_are_named_and_controls_told_apart(contest):
    told = contest.settings()
    assert told["xgboost"] == {
        "setting": "Adding sift_words to deep vectors",
        "control": False,
    }
    assert told["logistic"]["setting"] == "Without words"
    control = told["xgboost with words of other films"]
    assert control == {"setting": "Controls of equal width", "control": True}


@pytest.mark.parametrize(
    ("needs", "told"),
    [
        (("deep", "pixels", "words"), "Adding sift_words to deep vectors"),
        (("pixels", "words"), "Adding sift_words to a network trained on films"),
        (("words",), "On sift_words alone"),
        (("pixels",), "Without words"),
    ],
)
def test_words_are_alone_only_without_any_network(contest, needs, told):
    own = Contender("mine", lambda seed: SimpleNamespace(needs=needs), None)
    assert replace(contest, contenders=[own]).settings()["mine"]["setting"] == told


def test_notes_are_those_of_the_images_of_every_split_each_once(contest):
    noted = [replace(contest.images, notes=notes) for notes in (("a", "b"), ("a", "c"))]
    stages = [SimpleNamespace(images=images, branches=BRANCHES) for images in noted]
    assert replace(contest, stages=stages)._notes() == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("classifiers", "told"),
    [("xgboost,late_fusion", "to xgboost:"), ("logistic,late_fusion", "to no model:")],
)
def test_who_is_shown_age_sex_and_view_is_named(contest, classifiers, told):
    members = "late_fusion.members=logistic,logistic:words"
    options = Compare(classifiers=classifiers, metadata=True, set=members)
    changed = replace(contest, contenders=contenders(options), options=options)
    (note,) = changed._notes()
    assert f"age, sex and view are shown {told}" in note
    assert not replace(contest, contenders=contenders(OPTIONS))._notes()


def test_a_label_that_no_fold_can_learn_is_named_once(contest):
    contest = replace(contest, stages=[SimpleNamespace(images=contest.images, branches={})] * 2)
    notes = contest.circumstances(contest.truth(contest.images.ids))["data"]["notes"]
    assert [note for note in notes if note.startswith("label1")] == [
        "label1 has no positive among 2 training images of fold 1, 2 training images of fold 2"
        " and gets a constant probability"
    ]


def test_histories_are_those_of_all_trainings_but_the_controls(contest):
    found = contest.histories()
    assert {name: len(each) for name, each in found.items()} == {
        "logistic": 4,
        "xgboost": 4,
        "metadata alone": 4,
    }


def test_the_macro_auc_of_each_seed_is_told(contest):
    truth = contest.truth(contest.images.ids)
    told = contest.trainings(truth)["logistic"]
    assert told["fit_seconds"] == 1.0
    # Both seeds say of every film of a fold the same, and the folds have as many of each label.
    assert told["macro_auc_by_seed"] == [0.5, 0.5]


def test_a_fusion_that_gives_words_weight_0_is_a_caution(contest):
    def fused(one, share):
        shares = {"cnn": 1 - share, "xgboost": share}
        return replace(one, shares=shares, weightless=("words",) * (share == 0))

    fits = [
        [fused(one, share) for one in seeds]
        for seeds, share in zip(contest.fits["xgboost"], (0, 0.5), strict=True)
    ]
    every = {
        name: fits if name.startswith("xgboost") else told for name, told in contest.fits.items()
    }
    told = replace(contest, fits=every)
    assert contest.cautions() == []
    assert told.cautions() == ["xgboost gives visual words weight 0 in 2 of 4 trainings"]
    shares = told.trainings(contest.truth(contest.images.ids))["xgboost"]["member_shares"]
    assert shares == {"cnn": [1, 1, 0.5, 0.5], "xgboost": [0, 0, 0.5, 0.5]}
