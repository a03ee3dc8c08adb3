import numpy as np
import pytest

from datasets.images import Split
from models import column_blocks
from models.views import Block, Views
from pipelines.command_options import Compare
from pipelines.comparing import run_plan, trial
from pipelines.comparing.candidates import candidates_of
from tests import fakes

RNG = np.random.default_rng(0)
LABELS = (RNG.random((90, 2)) < 0.4).astype(float)
SETS = np.array(["train", "validation", "test"] * 30, object)
VIEWS = Views(
    {
        "network": Block(RNG.normal(size=(90, 4)).astype(np.float32), "deep"),
        "counts": Block(RNG.normal(size=(90, 6)).astype(np.float32), "words"),
    }
)
MEMBERS = "late_fusion.members=logistic,xgboost:words"
OPTIONS = Compare(classifiers="logistic,xgboost,late_fusion", baseline="logistic", set=MEMBERS)
CANDIDATES = candidates_of(OPTIONS)


@pytest.fixture
def images():
    return fakes.images(LABELS, split=Split("mine", SETS))


@pytest.fixture
def plan(tmp_path):
    return run_plan.planned(CANDIDATES, ["0-a"], tmp_path, OPTIONS)


def test_a_run_that_is_hardly_longer_than_a_trial_has_none(plan, images, monkeypatch):
    monkeypatch.setattr(trial, "time", None)
    assert trial.tried(plan, VIEWS, images) == {}


def test_every_candidate_is_tried_and_controls_take_as_long_as_hybrids(plan, images, monkeypatch):
    monkeypatch.setattr(trial, "WORTH_A_TRIAL", 1)
    found = trial.tried(plan, VIEWS, images)
    assert set(found) == {each.key for each in CANDIDATES}
    costs = {each.name: found[each.key] for each in CANDIDATES}
    assert costs["xgboost"] == costs["xgboost with duplicated embedding"] > 0


def test_what_is_repeated_counts_as_often_as_usual_and_by_the_images(plan, images, monkeypatch):
    fits = []

    def fitted(part, views, images, rows, held):
        rounds = part.get_params().get("n_estimators", 0)
        fits.append((len(rows), len(held), rounds))
        return 5.0 + 2 * rounds

    monkeypatch.setattr(trial, "_fitted", fitted)
    monkeypatch.setattr(trial, "WORTH_A_TRIAL", 1)
    monkeypatch.setattr(trial, "IMAGES_TRIED", 10)
    found = trial.tried(plan, VIEWS, images)
    assert fits == [(10, 10, 0), (10, 10, 1), (10, 10, 15), (10, 10, 1), (10, 10, 15)]
    # The training images are three times those tried; early stopping leaves 150 of 500 rounds.
    logistic, boosted = 3 * 5, 7 + 3 * 2 * 149
    assert found["logistic"] == logistic
    assert found["xgboost"] == boosted
    assert found["late_fusion"] == logistic + boosted


def test_boosters_that_divide_their_features_take_less_time_a_round(plan, images, monkeypatch):
    monkeypatch.setattr(trial, "_fitted", lambda part, *_: part.get_params().get("n_estimators", 0))
    monkeypatch.setattr(trial, "WORTH_A_TRIAL", 1)
    monkeypatch.setattr(trial, "IMAGES_TRIED", 10)
    # One block for the 10 images tried, three for the 30 of training.
    monkeypatch.setattr(column_blocks, "LEAST_NUMBERS", 100)
    assert trial.tried(plan, VIEWS, images)["xgboost"] == 1 + 149


def test_a_trial_may_share_its_work_with_a_crew_as_the_training_does(plan, images, monkeypatch):
    clients = []
    monkeypatch.setattr(trial, "_fitted", lambda part, *_: clients.append(part._client) or 1.0)
    monkeypatch.setattr(trial, "WORTH_A_TRIAL", 1)
    trial.tried(plan, VIEWS, images, "crew")
    assert "crew" in clients


def test_the_widest_candidate_decides_on_memory(plan, images, monkeypatch):
    monkeypatch.setattr(trial, "memory", lambda: 1000)
    rows, widest = 60, 4 + 6
    assert trial.peak_memory(plan, VIEWS, images) == 1000 + trial.COPIES * 4 * rows * widest
