import numpy as np
import pytest

from models.classifiers.ensemble import Ensemble
from models.views import Block, Views
from tests.models import made_up

LEARNED, VALIDATION, TEST = (made_up.labelled(seed=seed) for seed in range(3))


def networks(labelled, *names, noise=0.0):
    """The views with the embedding under several names, each with noise of its own."""
    views, labels = labelled
    net = views.arrays["net"]
    rng = np.random.default_rng(0)
    made = {name: net + noise * rng.normal(size=net.shape).astype(np.float32) for name in names}
    blocks = {name: Block(values, "deep") for name, values in made.items()}
    return Views(blocks | {"sift": views.blocks["sift"]}), labels


def fitted(*names, noise=0.0, **options):
    learned, held = (networks(each, *names, noise=noise) for each in (LEARNED, VALIDATION))
    return Ensemble(member="logistic", **options).fit(*learned, validation=held)


def test_logits_are_the_mean_of_those_of_each_network_alone():
    made = fitted("one", "other", noise=1.0)
    views, _ = networks(TEST, "one", "other", noise=1.0)
    alone = [member.decision_function(views) for member in made.fitted_]
    assert [member.view_names_.tolist() for member in made.fitted_] == [["one"], ["other"]]
    np.testing.assert_allclose(made.decision_function(views)[:, 0], np.mean(alone, axis=0)[:, 0])


def test_one_network_three_times_is_that_network_once():
    once, _ = networks(TEST, "one")
    thrice, _ = networks(TEST, "one", "two", "three")
    expected = fitted("one").predict_proba(once)
    found = fitted("one", "two", "three").predict_proba(thrice)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_it_may_take_some_of_the_networks():
    made = fitted("one", "two", "three", networks=("one", "three"))
    assert made.view_names_.tolist() == ["one", "three"]
    assert made.member_shares == {"logistic:one": 0.5, "logistic:three": 0.5}


def test_attribution_is_the_mean_of_the_members():
    made = fitted("one", "other", noise=1.0)
    views, _ = networks(TEST, "one", "other", noise=1.0)
    found = made.attribution(views, [0]).blocks
    for member in made.fitted_:
        for name, values in member.attribution(views, [0]).blocks.items():
            np.testing.assert_allclose(found[name], values / 2, rtol=1e-5)


def test_it_has_a_gradient_if_its_members_have():
    assert Ensemble(member="logistic").differentiable_by == ("deep",)
    assert Ensemble(member="xgboost").differentiable_by == ()


def test_it_survives_the_disk(tmp_path):
    made = fitted("one", "other", noise=1.0)
    made.save(tmp_path)
    views, _ = networks(TEST, "one", "other", noise=1.0)
    again = Ensemble(member="logistic").load(tmp_path)
    np.testing.assert_array_equal(again.predict_proba(views), made.predict_proba(views))


@pytest.mark.slow
def test_its_members_are_cnns_unless_others_are_asked_for():
    assert Ensemble().differentiable_by == ("deep",)
    assert "keras" in Ensemble().libraries
