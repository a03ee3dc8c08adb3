from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType

import numpy as np
import pytest

from datasets.images import Images, Split
from evaluation.auc import label_aucs, macro
from models.views import Block, Views
from pipelines.augmented_tests import Augmented
from pipelines.command_options import Compare
from pipelines.comparing import changed_tests, run_cache, trainings, tuned_run
from pipelines.comparing.candidates import candidates_of
from pipelines.comparing.comparison_run import ComparisonRun
from pipelines.comparing.external_sets import Site
from tests import fakes

RNG = np.random.default_rng(0)
LABELS = (RNG.random((120, 2)) < 0.4).astype(float)
SPLITS = [
    Split(name, np.roll(["train", "train", "validation", "test"] * 30, n).astype(object))
    for n, name in enumerate("ab")
]
VIEWS = Views(
    {
        "net": Block((LABELS + RNG.normal(size=(120, 2))).astype(np.float32), "deep"),
        "orb_words": Block((LABELS + RNG.normal(size=(120, 2))).astype(np.float32), "words"),
        "metadata": Block(RNG.normal(size=(120, 9)).astype(np.float32), "metadata"),
    }
)


@dataclass(frozen=True)
class Stage:
    """What extraction gives, of features that are there."""

    images: Images
    branches: Mapping = field(default_factory=dict)
    variants: Mapping = field(default_factory=dict)
    given, names = MappingProxyType({}), ()

    def features(self, name):
        return self.branches[name]


class Words:
    """A branch of visual words: those of so many words are planted labels."""

    def __init__(self, n_words, values=VIEWS.blocks["orb_words"].values):
        self.n_words, self.values = n_words, values
        self.extractor = self.store = self
        self.name = "orb_words"

    def get_params(self):
        return {"n_words": self.n_words}


def tuned(patch, folder, labels=LABELS, n_splits=1, stage=Stage, **changes):
    """A tuned comparison of `logistic` on both blocks with its controls."""
    for module in (trainings, tuned_run):
        patch.setattr(module.asked_features, "views_of", lambda *_, **__: VIEWS)
    patch.setattr(trainings.asked_features, "extract", lambda images, *_: stage(images))
    patch.setattr(run_cache, "name_of_split", lambda folder, number, *_: str(number))
    given = {"classifiers": "logistic", "baseline": "logistic", "tune": 2, "folds": 2}
    given |= {"set": "logistic.views=deep,words", "replicates": 50}
    # Versions that equal the images, so that averages equal the probabilities.
    tested = [VIEWS.select(SPLITS[0].sets == "test")] * 2
    patch.setattr(changed_tests.augmented_tests, "of_set", lambda *_: tested)
    options = Compare(**given | changes)
    images, candidates = fakes.images(labels), candidates_of(options)
    return trainings.trained(images, SPLITS[:n_splits], candidates, folder, options)


@pytest.fixture
def run(monkeypatch, tmp_path):
    return partial(tuned, monkeypatch, tmp_path)


def test_every_model_and_every_control_has_the_same_number_of_trials_on_each_split(run):
    made = run(n_splits=2)
    assert {
        name: [len(each.trials) for each in found] for name, found in made.searches.items()
    } == {
        "logistic": [2, 2],
        "logistic with shuffled visual words": [2, 2],
        "logistic with duplicated embedding": [2, 2],
        "metadata alone": [2, 2],
    }


def test_the_models_are_trained_again_with_what_was_chosen(run):
    made = run()
    (search,), ((fit,),) = made.searches["logistic"], made.fits["logistic"]
    ((default,),) = made.before.fits["logistic"]
    images, (candidate, *_) = made.images, made.candidates
    alone = candidate.make(0).with_chosen(search.chosen)
    held = VIEWS.select(images.validation), images.labels[images.validation]
    alone.fit(VIEWS.select(images.train), images.labels[images.train], validation=held)
    scores = alone.predict_proba(VIEWS.select(images.test))
    # Calibration keeps the order.
    assert np.argsort(scores[:, 0]).tolist() == np.argsort(fit.probabilities[:, 0]).tolist()
    assert fit.ids.tolist() == default.ids.tolist()


def test_a_model_whose_defaults_are_best_keeps_its_training(run):
    made = run(tune=1)
    assert made.searches["logistic"][0].chosen == {}
    for name, ((fit,),) in made.fits.items():
        assert fit is made.default_fits[name][0][0]


def test_averages_share_the_search_and_the_training_of_their_model(run, monkeypatch):
    trained, clear = [], run_cache.checkpoints.clear
    monkeypatch.setattr(run_cache.checkpoints, "clear", lambda path: trained.append(clear(path)))
    made = run(tta=2, tune=4)
    assert made.searches["logistic"][0].chosen
    assert made.searches.keys() == made.fits.keys() - {"logistic+tta"}
    for fits in (made.fits, made.default_fits):
        ((plain,),), ((averages,),) = fits["logistic"], fits["logistic+tta"]
        np.testing.assert_allclose(averages.probabilities, plain.probabilities)
        assert averages.spread is not None
    assert len(trained) == 4 + sum(bool(each[0].chosen) for each in made.searches.values())


def test_labels_of_test_images_change_nothing_that_is_chosen(run, tmp_path):
    chosen = [
        [(trial.chosen, trial.outcome.value) for trial in each.trials]
        for each in run().searches["logistic"]
    ]
    for path in tmp_path.iterdir():
        path.unlink()
    labels = LABELS.copy()
    tested = SPLITS[0].sets == "test"
    labels[tested] = 1 - labels[tested]
    again = run(labels).searches["logistic"]
    assert chosen == [[(each.chosen, each.outcome.value) for each in one.trials] for one in again]


def test_a_killed_run_keeps_its_trials_and_trainings(run, monkeypatch):
    first = run(tta=2)
    monkeypatch.setattr(tuned_run.searching.trials, "tried", lambda *_: 1 / 0)
    monkeypatch.setattr(run_cache.checkpoints, "clear", lambda *_: 1 / 0)
    again = run(tta=2)
    for name, by_split in first.fits.items():
        for fits, others in zip(by_split, again.fits[name], strict=True):
            np.testing.assert_array_equal(fits[0].probabilities, others[0].probabilities)


def test_a_classifier_without_a_search_space_is_named_and_keeps_its_training(run, capsys):
    made = run(set="logistic.views=deep,words logistic.C=1.0")
    said = capsys.readouterr().err
    assert "logistic is not tuned: it declares no search space" in said
    assert "metadata alone is not tuned" not in said
    assert made.searches["logistic"][0].trials == []
    assert made.fits["logistic"][0][0] is made.default_fits["logistic"][0][0]


def test_without_tune_there_is_no_search(run, tmp_path):
    made = run(tune=0)
    assert not isinstance(made, tuned_run.TunedRun)
    assert not [each for each in tmp_path.iterdir() if "tuned" in each.name]


def test_before_is_the_same_comparison_by_default_settings(run):
    made = run(tune=1)
    before = made.before
    assert (before.fits, before.stages) == (made.default_fits, made.stages)
    assert type(before) is ComparisonRun


WORDS = {"extractors": "resnet50,orb_words", "tune_words": "orb_words.n_words=128,16", "tune": 6}
CHOSEN = "orb_words.n_words"


def worded(images):
    """Three planted columns by 16 visual words, beside the present two."""
    noise = np.random.default_rng(1).normal(size=(120, 1))
    planted = np.hstack([3 * LABELS, noise]).astype(np.float32)
    return Stage(images, {"orb_words": Words(128)}, {"orb_words n_words=16": Words(16, planted)})


def test_a_clearly_better_setting_of_visual_words_is_chosen_on_each_split(run):
    made = run(n_splits=2, stage=worded, **WORDS)
    assert [each.chosen[CHOSEN] for each in made.searches["logistic"]] == [16, 16]
    assert made.searches["logistic"][0].trials[0].chosen[CHOSEN] == 128
    assert CHOSEN not in made.searches["metadata alone"][0].trials[0].chosen
    before, (after, *_) = made.before, made.candidates
    aucs = [
        macro(
            label_aucs(each.truth(each.scores(after).ids).labels, each.scores(after).probabilities)
        )
        for each in (before, made)
    ]
    assert aucs[0] < 0.95 < aucs[1]


def test_labels_of_test_images_do_not_choose_visual_words(run, tmp_path):
    first = run(stage=worded, **WORDS).searches["logistic"][0]
    for path in tmp_path.iterdir():
        path.unlink()
    tested = SPLITS[0].sets == "test"
    labels = np.where(tested[:, None], 1 - LABELS, LABELS)
    again = run(labels, stage=worded, **WORDS).searches["logistic"][0]
    assert [(each.chosen, each.outcome.value) for each in first.trials] == [
        (each.chosen, each.outcome.value) for each in again.trials
    ]


def test_controls_have_the_width_of_the_chosen_setting(run, monkeypatch):
    tried, seen = tuned_run.searching._tried, []

    def noted(asked):
        seen.append((asked.chosen.get(CHOSEN), asked.inner.views.widths.get("orb_words")))
        return tried(asked)

    monkeypatch.setattr(tuned_run.searching, "_tried", noted)
    made = run(stage=worded, **WORDS)
    assert set(seen[: 3 * 6]) == {(128, 2), (16, 3)}
    for name in ("shuffled visual words", "duplicated embedding"):
        values = {each.chosen[CHOSEN] for each in made.searches[f"logistic with {name}"][0].trials}
        assert values == {128, 16}


def test_members_share_the_setting_of_their_classifier(run):
    given = {"classifiers": "late_fusion", "baseline": "late_fusion"}
    given |= {"set": "late_fusion.members=logistic,logistic:words"}
    (search,) = run(stage=worded, **WORDS | given).searches["late_fusion"]
    assert {*search.trials[0].chosen} == {"logistic.C", CHOSEN}
    assert search.chosen[CHOSEN] == 16


def test_augmented_changed_and_external_images_have_the_chosen_setting(run, monkeypatch):
    """Versions, changes and external images that equal the images get the same probabilities."""
    monkeypatch.setattr(trainings.external_sets, "with_features", outside)
    monkeypatch.setattr(changed_tests, "of_split", equal_versions)
    fits = run(stage=worded, **WORDS, tta=1).fits
    ((plain,),), ((averages,),) = fits["logistic"], fits["logistic+tta"]
    np.testing.assert_allclose(averages.probabilities, plain.probabilities)
    np.testing.assert_allclose(plain.changed["noise 5"], plain.probabilities)
    tested = SPLITS[0].sets == "test"
    np.testing.assert_allclose(plain.elsewhere["other"][tested], plain.probabilities)


def outside(sites, stages, *_):
    """The same images as an external data set."""
    return [Site("other", stages[0].images, {}, stages)]


def equal_versions(stage, elsewhere, *_):
    """A version of the test images that equals them, as `stage` has their features."""
    words = Block(stage.branches["orb_words"].values, "words")
    views = Views(VIEWS.blocks | {"orb_words": words})
    tested = views.select(stage.images.test)
    return Augmented([tested], changed=[("noise 5", tested)])
