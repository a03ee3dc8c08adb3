from dataclasses import replace

import numpy as np
import pytest

from datasets.images import Split
from evaluation.auc import label_aucs, macro
from models.views import Block, Views
from pipelines.command_options import Compare
from pipelines.comparing import run_cache, trainings
from pipelines.comparing.candidates import candidates_of
from pipelines.comparing.external_sets import Site
from tests import fakes

RNG = np.random.default_rng(0)
LABELS = (RNG.random((90, 2)) < 0.4).astype(float)
SPLITS = [
    Split(name, np.roll(["train", "validation", "test"] * 30, n)) for n, name in enumerate("ab")
]
VIEWS = Views({"any": Block((LABELS + RNG.normal(size=(90, 2))).astype(np.float32), "deep")})


class Stage:
    """What extraction gives, of features that are there."""

    def __init__(self, images):
        self.images = images


@pytest.fixture
def run(monkeypatch, tmp_path):
    """A comparison of `logistic` alone on the first splits."""
    monkeypatch.setattr(trainings.asked_features, "extract", lambda images, *_: Stage(images))
    views = VIEWS.blocks | {"metadata": Block(np.zeros((90, 9), np.float32), "metadata")}
    monkeypatch.setattr(trainings.asked_features, "views_of", lambda *_, **__: Views(views))
    monkeypatch.setattr(run_cache, "name_of_split", lambda folder, number, *_: str(number))

    def run(n_splits=2, sites=(), **changes):
        options = Compare(classifiers="logistic", baseline="logistic", **changes)
        images = fakes.images(LABELS)
        splits = [Split(one.name, one.sets.astype(object)) for one in SPLITS[:n_splits]]
        candidates = candidates_of(options)
        return trainings.trained(images, splits, candidates, tmp_path, options, sites=sites)

    return run


def test_every_candidate_has_a_fit_for_each_split_and_seed(run):
    fits = run(seeds=2, folds=2).fits
    assert {name: [len(seeds) for seeds in each] for name, each in fits.items()} == {
        "logistic": [2, 2],
        "metadata alone": [2, 2],
    }


def test_the_plan_comes_first_and_each_auc_as_soon_as_it_is_known(run, capsys):
    made = run(folds=2)
    plan, first, second = capsys.readouterr().err.splitlines()
    assert plan.startswith(
        "plan: 2 splits × 2 models (1 classifier and the metadata-only baseline)"
    )
    aucs = [
        float(macro(label_aucs(stage.images.labels[stage.images.test], fit.probabilities)))
        for stage, (fit,) in zip(made.stages, made.fits["logistic"], strict=True)
    ]
    assert first == f"logistic: macro AUC {aucs[0]:.4f} on test images of fold 1 of 2"
    assert second == (
        f"logistic: macro AUC {aucs[1]:.4f} on test images of fold 2 of 2; mean over 2 folds"
        f" {np.mean(aucs):.4f}"
    )


def test_the_auc_of_several_seeds_is_that_of_their_mean(run, capsys):
    run(n_splits=1, seeds=3)
    assert capsys.readouterr().err.rstrip().endswith(" on test images, mean of 3 seeds")


def test_trainings_of_an_earlier_run_are_counted(run, capsys):
    run(n_splits=1)
    capsys.readouterr()
    run(n_splits=1)
    assert "--resume keeps 2 of 2 trainings" in capsys.readouterr().err


def test_every_training_predicts_for_external_images(run, monkeypatch):
    outside = fakes.images(LABELS)
    site = Site("B", outside, {})

    def with_features(sites, stages, *_):
        return [replace(each, stages=[Stage(outside)] * len(stages)) for each in sites]

    monkeypatch.setattr(trainings.external_sets, "with_features", with_features)
    made = run(folds=2, sites=[site])
    for stage, (fit,) in zip(made.stages, made.fits["logistic"], strict=True):
        np.testing.assert_array_equal(fit.elsewhere["B"][stage.images.test], fit.probabilities)
    assert [each.name for each in made.sites] == ["B"]
