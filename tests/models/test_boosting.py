import numpy as np
import pytest
import xgboost

from errors import InvalidOption
from evaluation.auc import auc
from models import booster_memory, boosting
from models.boosting import Processors
from models.label_boosting import boosted as boosted_label
from models.quantised import quantised
from models.views import DEEP, Block, Views

RNG = np.random.default_rng(0)
FEATURES = RNG.normal(size=(200, 5)).astype(np.float32)
LABELS = np.stack([FEATURES[:, 0] > 0, FEATURES[:, 1] + FEATURES[:, 2] > 1, FEATURES[:, 3] > 9], 1)
LABELS = LABELS.astype(np.float32)
HOLES = np.where(RNG.random(LABELS.shape) < 0.3, np.nan, LABELS)
PARAMETERS = {"objective": "binary:logistic", "max_depth": 2, "max_bin": 16, "nthread": 1}


def images(rows=slice(None), labels=HOLES):
    return Views({"deep": Block(FEATURES[rows], DEEP)}), labels[rows]


def shared(labels=HOLES, rows=slice(None), like=None):
    return quantised(images(rows, labels), 16, like=like)


# Validation images without labels.
SILENT = images(slice(3), np.full((3, 3), np.nan))
PARAMETERS_OF_TWO = dict.fromkeys((0, 1), PARAMETERS)


def nobody(like):
    """Validation images without labels, by which nothing can stop."""
    return quantised(SILENT, 16, like=like)


def boosted(training, column, rounds=10):
    return boosted_label(training, nobody(training), column, PARAMETERS, rounds, 5)


def test_an_unreported_label_is_the_same_as_an_absent_image():
    training = shared()
    kept = ~np.isnan(HOLES[:, 1])
    alone = xgboost.QuantileDMatrix(
        FEATURES[kept], label=HOLES[kept, 1], max_bin=16, ref=training.matrix
    )
    expected = boosting.margins(xgboost.train(PARAMETERS, alone, 10), FEATURES)
    found = boosting.margins(boosted(training, 1), FEATURES)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_labels_that_take_turns_on_one_matrix_do_not_mix():
    training = shared()
    together = [boosting.margins(boosted(training, column), FEATURES) for column in (0, 1)]
    apart = [boosting.margins(boosted(shared(), column), FEATURES) for column in (0, 1)]
    np.testing.assert_array_equal(together, apart)
    assert [auc(LABELS[:, k] == 1, together[k]) > 0.9 for k in (0, 1)] == [True, True]


def test_boosting_stops_where_validation_no_longer_gains():
    noise = np.where(RNG.random(LABELS.shape) < 0.3, 1 - LABELS, LABELS)
    training = shared(noise, slice(0, 120))
    held_out = shared(LABELS, slice(120, 200), like=training)
    parameters = PARAMETERS | {"eval_metric": "auc", "max_depth": 6}
    booster = boosted_label(training, held_out, 1, parameters, 200, 10)
    rounds = booster.num_boosted_rounds()
    every = boosted_label(training, nobody(training), 1, parameters, rounds + 10, 10)
    positive = LABELS[120:, 1] == 1
    aucs = [
        auc(positive, boosting.margins(every[:end], FEATURES[120:]))
        for end in range(1, rounds + 11)
    ]
    assert int(np.argmax(aucs)) + 1 == rounds


def test_a_booster_survives_the_disk():
    booster = boosted(shared(), 0)
    again = boosting.opened(bytes(booster.save_raw("ubj")))
    np.testing.assert_array_equal(
        boosting.margins(again, FEATURES), boosting.margins(booster, FEATURES)
    )


def test_trees_grow_on_a_gpu_only_where_one_can_be_used(monkeypatch):
    monkeypatch.setattr(boosting, "gpus", lambda: 1)
    found = {}
    for built in (True, False):
        monkeypatch.setattr(xgboost, "build_info", lambda built=built: {"USE_CUDA": built})
        found[built] = boosting.device("auto")
    assert found == {True: "cuda", False: "cpu"}
    monkeypatch.setattr(boosting, "gpus", lambda: 0)
    monkeypatch.setattr(xgboost, "build_info", lambda: {"USE_CUDA": True})
    assert boosting.device("auto") == "cpu"


def test_a_device_can_be_named_and_a_wrong_name_is_refused():
    assert boosting.device("cpu") == "cpu"
    with pytest.raises(InvalidOption, match="auto, cpu, cuda; got 'gpu'"):
        boosting.device("gpu")


@pytest.mark.parametrize("share", [0, 1 / 4])
def test_labels_are_boosted_the_same_side_by_side_and_in_turns(share, monkeypatch):
    monkeypatch.setattr(booster_memory, "SHARE", share)
    made = dict(boosting.all_boosted(images(), SILENT, PARAMETERS_OF_TWO, 10, 5, Processors(2)))
    for column in (0, 1):
        expected = boosting.margins(boosted(shared(), column), FEATURES)
        np.testing.assert_array_equal(boosting.margins(made[column], FEATURES), expected)


def test_every_label_shows_the_round_that_it_is_at(monkeypatch):
    shown = []
    monkeypatch.setattr("models.quantised.step", shown.append)
    dict(boosting.all_boosted(images(), images(), PARAMETERS_OF_TWO, 11, 11, Processors(1)))
    parts = [line.split(", loss")[0] for line in shown if line.startswith("label")]
    rounds = [f"label {place} of 2, round {number}" for place in (1, 2) for number in (0, 10)]
    assert parts == rounds


@pytest.mark.parametrize(
    ("device", "kind"), [("cpu", xgboost.DMatrix), ("cuda", xgboost.QuantileDMatrix)]
)
def test_validation_images_are_binned_where_a_gpu_keeps_them(device, kind, monkeypatch):
    kinds = []
    monkeypatch.setattr(boosting, "boosted", lambda _, held, *rest: kinds.extend(held))
    asked = {0: PARAMETERS | {"device": device}}
    dict(boosting.all_boosted(images(), SILENT, asked, 10, 5, Processors(1)))
    assert [type(held.matrix) for held in kinds] == [kind]


def test_contributions_and_the_bias_of_the_trees_sum_to_the_margin():
    booster = boosted(shared(), 1, rounds=30)
    found = boosting.contributions({1: booster}, FEATURES, [1])[:, 0]
    bias = booster.predict(xgboost.DMatrix(FEATURES), pred_contribs=True)[:, -1]
    expected = boosting.margins(booster, FEATURES)
    np.testing.assert_allclose(found.sum(axis=1) + bias, expected, atol=1e-4)


def test_what_no_tree_asks_for_contributes_nothing():
    found = boosting.contributions({0: boosted(shared(), 0, rounds=1)}, FEATURES, [0, 2])
    asked = np.abs(found[:, 0]).max(axis=0) > 0
    assert asked[0]
    assert not asked.all()
    assert not found[:, 1].any()


def test_without_a_label_to_learn_nothing_is_boosted():
    assert dict(boosting.all_boosted(images(), images(), {}, 10, 5, Processors(2))) == {}


def test_a_cluster_grows_trees_where_it_is_asked_to_or_one_machine_is_short():
    assert boosting.processors(2, "auto", "client", boosting.OUTGROWN - 1) == Processors(2)
    assert boosting.processors(2, "auto", "client", boosting.OUTGROWN) == Processors(2, "client")
    assert boosting.processors(2, "always", "client", 1) == Processors(2, "client")
    assert boosting.processors(2, "never", "client", boosting.OUTGROWN) == Processors(2)
    assert boosting.processors(2, "auto", None, boosting.OUTGROWN) == Processors(2)


@pytest.mark.parametrize(("use", "advice"), [("always", "Add --cluster"), ("all", "'all'")])
def test_a_use_of_the_cluster_that_cannot_be_is_refused(use, advice):
    with pytest.raises(InvalidOption, match=advice):
        boosting.processors(2, use, None, 1)
