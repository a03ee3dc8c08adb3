import numpy as np
import xgboost

from models.classifiers.xgboost import Xgboost
from tests.models import made_up

TRAIN, VALIDATION, TEST = (made_up.labelled(seed=seed) for seed in range(3))


def fit(**options):
    return Xgboost(n_estimators=20, n_jobs=1, **options).fit(*TRAIN, validation=VALIDATION)


def test_there_is_a_booster_for_each_label_that_can_be_learned():
    assert fit().boosters_.keys() == {0, 1}


def test_each_label_ends_at_its_own_round():
    rounds = {
        booster.num_boosted_rounds() for booster in fit(early_stopping_rounds=3).boosters_.values()
    }
    assert len(rounds) == 2


def test_it_looks_at_the_views_asked_for_alone():
    fitted = fit(views=("words",))
    np.testing.assert_array_equal(fitted.view_names_, ["sift"])
    other = made_up.views(np.zeros((120, 6)), TEST[0].arrays["sift"])
    np.testing.assert_array_equal(fitted.predict_proba(other), fitted.predict_proba(TEST[0]))


def test_balanced_classes_raise_the_probability_of_what_is_rare():
    rare = TRAIN[1].copy()
    rare[::2, 0] = 0
    means = [
        Xgboost(n_estimators=5, n_jobs=1, class_weights=weights)
        .fit(TRAIN[0], rare, validation=(TRAIN[0], rare))
        .predict_proba(TRAIN[0])[:, 0]
        .mean()
        for weights in ("none", "balanced")
    ]
    assert means[0] < means[1]


def test_probabilities_do_not_depend_on_how_many_images_are_predicted_at_once(monkeypatch):
    fitted = fit()
    expected = fitted.predict_proba(TEST[0])
    monkeypatch.setattr("models.views.IMAGES_AT_ONCE", 7)
    np.testing.assert_array_equal(fitted.predict_proba(TEST[0]), expected)


def test_attribution_and_the_bias_of_the_trees_sum_to_the_margin():
    fitted = fit()
    attribution = fitted.attribution(TEST[0], [1, 0])
    for place, column in enumerate((1, 0)):
        matrix = xgboost.DMatrix(TEST[0].stacked())
        trees = fitted.boosters_[column].predict(matrix, pred_contribs=True)
        np.testing.assert_allclose(attribution.bias[:, place], trees[:, -1], atol=1e-4)
        blocks = [attribution.blocks[name][:, place] for name in TEST[0].names]
        np.testing.assert_allclose(np.hstack(blocks), trees[:, :-1], atol=1e-6)


def test_labels_without_trees_are_attributed_to_nobody():
    attribution = fit().attribution(TEST[0], [made_up.NEVER, made_up.ALWAYS])
    assert not any(values.any() for values in attribution.blocks.values())


def test_probabilities_of_exclusive_classes_are_those_of_the_boosters_over_their_sum():
    fitted = Xgboost(n_estimators=5).fit(
        *made_up.classes(), validation=made_up.classes(60, seed=1), exclusive=True
    )
    views, _ = made_up.classes(50, seed=2)
    each = 1 / (1 + np.exp(-fitted._logits(views)))
    expected = each / each.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(fitted.predict_proba(views), expected, rtol=1e-5)
