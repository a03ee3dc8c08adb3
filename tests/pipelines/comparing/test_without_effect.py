from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from pipelines.comparing.run_cache import Fit
from pipelines.comparing.without_effect import cautions

NAMES = "cnn", "fusion", "control"


def fit(probability):
    return Fit(np.array(["a"], object), np.full((1, 2), probability), np.zeros(2), 1.0, {})


@pytest.fixture
def run():
    """Two folds, one training each."""
    fits = {
        name: [[fit(0.1 * place)], [fit(0.2 + 0.1 * place)]] for place, name in enumerate(NAMES)
    }
    everyone = [SimpleNamespace(name=name, control=name == "control") for name in NAMES]
    return SimpleNamespace(
        candidates=everyone, fits=fits, options=SimpleNamespace(baseline=NAMES[0])
    )


def with_fits(run, name, fits):
    return SimpleNamespace(**vars(run) | {"fits": run.fits | {name: fits}})


def test_models_that_use_all_they_see_give_no_caution(run):
    assert [*cautions(run)] == []


@pytest.mark.parametrize("name", ["fusion", "control"])
def test_weight_0_in_some_trainings_is_a_caution_except_for_controls(run, name):
    first, second = run.fits[name]
    changed = with_fits(run, name, [[replace(first[0], weightless=("words",))], second])
    expected = ["fusion gives weight 0 to visual words in 1 of 2 trainings"]
    assert [*cautions(changed)] == (expected if name == "fusion" else [])


def test_probabilities_like_those_of_the_baseline_are_a_caution(run):
    nearly = [[replace(one, probabilities=one.probabilities + 2e-7)] for (one,) in run.fits["cnn"]]
    expected = ["fusion gives the same probabilities as cnn in 2 of 2 trainings"]
    assert [*cautions(with_fits(run, "fusion", nearly))] == expected


def test_of_a_single_training_no_number_is_given(run):
    single = SimpleNamespace(
        **vars(run) | {"fits": {name: run.fits["cnn"][:1] for name in run.fits}}
    )
    assert [*cautions(single)] == ["fusion gives the same probabilities as cnn"]
