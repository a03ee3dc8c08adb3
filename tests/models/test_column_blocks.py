import numpy as np
import pytest
import xgboost

from evaluation.auc import auc
from models import boosting, column_blocks
from models.booster_trial import try_boosters
from models.boosting import Processors
from models.views import DEEP, WORDS, Block, Views

RNG = np.random.default_rng(0)
FEATURES = RNG.normal(size=(300, 7)).astype(np.float32)
LABELS = np.stack([FEATURES[:, 2] > 0, FEATURES[:, 1] + FEATURES[:, 6] > 0], 1).astype(float)
PARAMETERS = {
    **{"objective": "binary:logistic", "eval_metric": "logloss", "max_depth": 2, "max_bin": 16},
    **{"scale_pos_weight": 1.5, "colsample_bynode": 0.5, "subsample": 0.8, "eta": 0.3, "seed": 3},
}
BOTH = dict.fromkeys((0, 1), PARAMETERS)


def images(rows, labels=LABELS):
    columns = {"deep": (slice(3), DEEP), "words": (slice(3, None), WORDS)}
    blocks = {name: Block(FEATURES[rows, at], kind) for name, (at, kind) in columns.items()}
    return Views(blocks), labels[rows]


LEARNED, HELD = slice(200), slice(200, 300)


def boosters(monkeypatch, parameters=BOTH, rounds=40, patience=40, labels=LABELS):
    monkeypatch.setattr(column_blocks, "LEAST_NUMBERS", 500)
    pair = images(LEARNED, labels), images(HELD, labels)
    return dict(boosting.all_boosted(*pair, parameters, rounds, patience, Processors(1)))


@pytest.mark.parametrize(("images", "width", "blocks"), [(78_000, 5248, 10), (1_800, 3_712, 1)])
def test_large_data_are_boosted_on_blocks_that_hold_each_column_once(images, width, blocks):
    made = column_blocks.column_blocks(images, width)
    assert len(made) == blocks
    assert sorted(column for block in made for column in range(width)[block]) == list(range(width))


def test_blocks_find_signals_in_all_columns(monkeypatch):
    made = boosters(monkeypatch)
    for column in (0, 1):
        margins = boosting.margins(made[column], FEATURES[HELD])
        assert auc(LABELS[HELD][:, column] == 1, margins) > 0.95


def test_the_joined_booster_adds_up_what_the_turns_gave(monkeypatch):
    turns = []
    whole = column_blocks.joined
    monkeypatch.setattr(column_blocks, "joined", lambda *rest: turns.append(rest) or whole(*rest))
    made = boosters(monkeypatch, {1: PARAMETERS}, rounds=25)[1]
    (grown, blocks, *_) = turns[0]
    assert ([turn.num_boosted_rounds() for turn in grown], blocks) == ([10, 10, 5], 2)
    margins = None
    for place, turn in enumerate(grown):
        matrix = xgboost.DMatrix(FEATURES[:, place % blocks :: blocks])
        if margins is not None:
            matrix.set_base_margin(margins)
        margins = turn.predict(matrix, output_margin=True)
    np.testing.assert_allclose(
        boosting.margins(whole(grown, blocks, 7, 25), FEATURES), margins, 1e-5
    )
    kept = made.num_boosted_rounds()
    first = whole(grown, blocks, 7, kept)
    assert made.save_raw("json") == first.save_raw("json")


def test_boosting_on_blocks_stops_where_validation_no_longer_gains(monkeypatch):
    noise = np.where(RNG.random(LABELS.shape) < 0.2, 1 - LABELS, LABELS)
    made = boosters(monkeypatch, {0: PARAMETERS}, rounds=400, patience=10, labels=noise)[0]
    rounds = made.num_boosted_rounds()
    positive = noise[HELD][:, 0]

    def loss(booster):
        p = booster.inplace_predict(FEATURES[HELD])
        return -np.mean(positive * np.log(p) + (1 - positive) * np.log(1 - p))

    assert 1 < rounds < 400
    assert loss(made) == min(loss(made[:end]) for end in range(1, rounds + 1))


def test_the_first_trees_start_from_the_best_constant(monkeypatch):
    made = boosters(monkeypatch, {0: PARAMETERS | {"eta": 0.0}}, rounds=10)[0]
    weights = np.where(LABELS[LEARNED][:, 0] == 1, 1.5, 1)
    expected = np.average(LABELS[LEARNED][:, 0], weights=weights)
    np.testing.assert_allclose(made.inplace_predict(FEATURES), expected, rtol=1e-5)


def test_labels_on_the_same_blocks_do_not_mix(monkeypatch):
    together = boosters(monkeypatch)[1]
    alone = boosters(monkeypatch, {1: PARAMETERS})[1]
    assert together.save_raw("json") == alone.save_raw("json")


def test_a_label_without_validation_keeps_every_tree(monkeypatch):
    labels = LABELS.copy()
    labels[HELD] = np.nan
    assert boosters(monkeypatch, rounds=12, labels=labels)[0].num_boosted_rounds() == 12


def test_a_joined_booster_is_saved_and_explained_as_any_other(monkeypatch):
    made = boosters(monkeypatch)[0]
    data = bytes(made.save_raw("ubj"))
    try_boosters([data])
    again = boosting.opened(data)
    found = boosting.contributions({0: again}, FEATURES, [0])[:, 0]
    assert int(np.abs(found).mean(axis=0).argmax()) == 2
    bias = again.predict(xgboost.DMatrix(FEATURES), pred_contribs=True)[:, -1]
    margins = boosting.margins(made, FEATURES)
    np.testing.assert_allclose(found.sum(axis=1) + bias, margins, atol=1e-4)
