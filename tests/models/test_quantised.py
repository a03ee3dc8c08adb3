import numpy as np
import pytest
import xgboost

from models import quantised
from models.views import Block, Views

RNG = np.random.default_rng(0)
FEATURES = RNG.normal(size=(300, 6)).astype(np.float32)
# A column that never varies, and one that is mostly zero, as visual words are.
FEATURES[:, 4] = 0
FEATURES[:, 5] = np.maximum(FEATURES[:, 5] - 1, 0)
LABELS = (FEATURES[:, :1] + FEATURES[:, 5:] > 0.5).astype(np.float32)
VIEWS = Views({"net": Block(FEATURES[:, :2], "deep"), "sift": Block(FEATURES[:, 2:], "words")})
PARAMETERS = {"objective": "binary:logistic", "max_depth": 3, "max_bin": 16, "subsample": 0.5}


def trees(matrix, **options):
    matrix.set_label(LABELS[:, 0])
    booster = xgboost.train(PARAMETERS, matrix, 10, verbose_eval=False, **options)
    return bytes(booster.save_raw("ubj"))


@pytest.mark.parametrize("at_once", [70, 1000])
def test_trees_do_not_depend_on_how_many_images_are_binned_at_once(at_once, monkeypatch):
    monkeypatch.setattr("models.views.IMAGES_AT_ONCE", at_once)
    made = quantised.quantised((VIEWS, LABELS), 16)
    assert trees(made.matrix) == trees(xgboost.QuantileDMatrix(FEATURES, max_bin=16))


def test_a_second_matrix_in_the_bins_of_the_first_grows_the_same_trees():
    first = quantised.quantised((VIEWS, LABELS), 16)
    second = quantised.quantised((VIEWS, LABELS), 16, like=first)
    assert trees(second.matrix) == trees(first.matrix)


def test_raw_and_binned_images_validate_a_booster_alike():
    held_out = VIEWS.select(slice(100)), LABELS[:100]
    learning = quantised.quantised((VIEWS, LABELS), 16)
    losses = []
    for made in (quantised.raw(held_out), quantised.quantised(held_out, 16, like=learning)):
        found = {}
        trees(learning.matrix, evals=[(made.with_label(0), "held")], evals_result=found)
        losses.append(found)
    assert losses[0] == losses[1]


def test_a_step_names_the_label_the_round_and_the_loss(monkeypatch):
    shown = []
    monkeypatch.setattr(quantised, "step", shown.append)
    rounds = quantised.Rounds("label 2 of 15")
    for number in range(12):
        assert not rounds.after_iteration(None, number, {"validation": {"logloss": [0.5, 0.25]}})
    expected = ["label 2 of 15, round 0, loss 0.2500", "label 2 of 15, round 10, loss 0.2500"]
    assert shown == expected
