import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from evaluation.reweighting import Site, cells_of, explained, weighted_aucs

RNG = np.random.default_rng(2)
FEW = {"n_replicates": 60}


def site(n_images, share_of_old, seed, spread=(3.0, 0.5)):
    """Images whose finding is easy to see in the young, and hard in the old."""
    rng = np.random.default_rng(seed)
    old = (rng.random(n_images) < share_of_old).astype(int)
    labels = (rng.random(n_images) < 0.5).astype(float)
    scores = rng.normal(size=n_images) + labels * np.array(spread)[old]
    return Site(labels[:, None], scores[:, None], np.arange(n_images), old)


def columns(age, sex, view):
    return {
        "age": np.array(age, float),
        "sex": np.array(list(sex), object),
        "view": np.array(list(view), object),
    }


def test_a_weighted_auc_is_that_of_sklearn():
    labels = RNG.integers(0, 2, (60, 2)).astype(float)
    scores, weights = RNG.random((60, 2)).round(1), RNG.random((60, 3))
    found = weighted_aucs(labels, scores, weights)
    for column in range(2):
        for replicate in range(3):
            expected = roc_auc_score(
                labels[:, column], scores[:, column], sample_weight=weights[:, replicate]
            )
            assert found[replicate, column] == pytest.approx(expected)


def test_images_that_do_not_report_a_label_do_not_count():
    labels = np.array([[1.0], [0.0], [np.nan], [0.0]])
    scores = np.array([[0.5], [0.4], [0.9], [0.5]])
    assert weighted_aucs(labels, scores, np.ones((4, 1))) == pytest.approx(0.75)


def test_another_mix_alone_explains_the_whole_drop():
    figures = explained(site(3000, 0.2, 0), site(3000, 0.9, 1), **FEW)
    assert figures["drop"]["ci"][0] > 0.1
    low, high = figures["explained"]["ci"]
    assert low < figures["drop"]["value"] < high


def test_the_same_mix_explains_nothing_of_a_drop():
    figures = explained(site(1500, 0.5, 0), site(1500, 0.5, 1, (1.0, 0.0)), **FEW)
    low, high = figures["explained"]["ci"]
    assert low < 0 < high
    assert figures["drop"]["ci"][0] > high


def test_the_weighted_auc_is_that_of_the_other_mix():
    inside, outside = site(400, 0.2, 0), site(300, 0.7, 1)
    old = outside.cells.mean()
    shares = np.array([(1 - old) / (inside.cells == 0).mean(), old / (inside.cells == 1).mean()])
    expected = roc_auc_score(
        inside.labels[:, 0], inside.scores[:, 0], sample_weight=shares[inside.cells]
    )
    assert explained(inside, outside, **FEW)["weighted"]["value"] == pytest.approx(expected)


def test_images_outside_without_a_counterpart_inside_are_counted():
    inside, outside = site(200, 0.0, 0), site(200, 0.25, 1)
    assert explained(inside, outside, **FEW)["covered"] == np.mean(outside.cells == 0)


def test_equal_weights_are_worth_all_images():
    same = site(200, 0.5, 0)
    assert explained(same, same, **FEW)["effective_films"] == pytest.approx(200)


def test_few_patients_give_a_reason_instead_of_intervals():
    figures = explained(site(200, 0.5, 0), site(15, 0.5, 1), **FEW)
    assert figures["drop"]["ci"] is None
    assert "at least 20 are needed" in figures["drop"]["ci_missing"]


def test_without_a_label_of_both_classes_there_are_no_figures():
    same = site(100, 0.5, 0)
    assert explained(same, same._replace(labels=np.ones((100, 1))), **FEW) == {"labels": 0}


def test_the_same_seed_gives_the_same_figures():
    pair = site(100, 0.5, 0), site(100, 0.5, 1)
    assert explained(*pair, **FEW) == explained(*pair, **FEW)


def test_images_of_one_age_band_sex_and_view_share_a_cell():
    inside = columns([25, 35, 25, 70], "FFMF", ["PA"] * 4)
    cells = cells_of(inside, columns([30, 71], "FF", ["PA"] * 2))
    assert cells.inside[0] == cells.inside[1] == cells.outside[0]
    assert cells.inside[3] == cells.outside[1]
    assert len(set(cells.inside)) == 3


def test_a_variable_that_one_site_does_not_know_is_left_out():
    nan = np.nan
    cells = cells_of(columns([25, 70], "FM", ["PA"] * 2), columns([nan, nan], "MF", ["", ""]))
    assert cells.variables == ("sex",)
    assert cells_of(columns([nan], [""], [""]), columns([9], "F", ["PA"])).inside == [0]
