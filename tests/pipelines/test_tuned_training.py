from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from datasets.images import Split
from features.extracted import Extracted
from models.views import Block, Views
from pipelines import tuned_training
from pipelines.command_options import Train
from tests import fakes

RNG = np.random.default_rng(0)
LABELS = (RNG.random((120, 2)) < 0.4).astype(float)
SETS = np.array(["train", "train", "validation", "test"] * 30, object)
VIEWS = Views({"net": Block((LABELS + RNG.normal(size=(120, 2))).astype(np.float32), "deep")})


@pytest.fixture
def search(tmp_path):
    def search(**changes):
        given = {"classifier": "logistic", "tune": 4, "out": tmp_path / "bundle"} | changes
        images = fakes.images(LABELS, split=Split("mine", SETS))
        extracted = Extracted(images, {}, SimpleNamespace(each_last=lambda paths: []), 0)
        options = Train(**given)
        return tuned_training.searched(VIEWS, extracted, options), options

    return search


def test_a_search_is_continued_for_the_same_options_alone(search, monkeypatch):
    first, _ = search()
    monkeypatch.setattr(tuned_training.searching.trials, "tried", lambda *_: 1 / 0)
    again, _ = search()
    assert [each.chosen for each in again.trials] == [each.chosen for each in first.trials]
    with pytest.raises(ZeroDivisionError):
        search(seed=1)


def test_the_bundle_keeps_the_trials(search, tmp_path):
    found, options = search()
    options.out.mkdir()
    tuned_training.keep(found, options)
    assert len(pd.read_csv(options.out / "trials.csv")) == 4
    assert (options.out / "trials.sqlite").is_file()


def test_the_result_has_the_optimism(search):
    found, options = search()
    values = tuned_training.values(found, 0.6, options)
    tuning = values["tuning"]
    assert len(tuning["trials"]) == 4
    assert tuning["optimism"] == pytest.approx(tuning["inner_auc"] - 0.6)
    first, second = tuned_training.lines(values)
    assert first.startswith("tuned on 4 trials, 0 of them stopped early: ")
    assert second.startswith(f"inner macro AUC {tuning['inner_auc']:.3f}, by default ")


@pytest.mark.parametrize("change", [{"tune": 0}, {"set": "logistic.C=1"}])
def test_without_trials_or_a_free_option_the_defaults_stay(search, change, tmp_path, capsys):
    found, options = search(**change)
    assert found.trials == []
    tuned_training.keep(found, options)
    assert tuned_training.values(found, 0.6, options) == {}
    assert tuned_training.lines({}) == []
    assert ("logistic is not tuned" in capsys.readouterr().err) == bool(options.tune)
    assert not (tmp_path / "bundle.training").exists()
