import numpy as np
import pytest

import storage
from errors import InvalidOption
from evaluation.figures import evaluate
from evaluation.scores import Scores
from evaluation.truth import Truth
from models.classifier import STATE
from models.classifiers.ensemble import Ensemble
from models.classifiers.late_fusion import LateFusion
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


@pytest.mark.parametrize(
    "many",
    [
        Ensemble(member="logistic"),
        Ensemble(member="logistic", combine="stacking", cv=3),
        LateFusion(members=("logistic:one", "logistic:two", "logistic:three")),
    ],
    ids=["mean", "stacking", "late_fusion"],
)
def test_three_copies_of_one_network_gain_nothing(many):
    """The interval of the difference from one of them holds 0."""
    learned, held, (views, labels) = (
        networks(each, "one", "two", "three") for each in (LEARNED, VALIDATION, TEST)
    )
    one = Ensemble(member="logistic", networks=("one",)).fit(*learned, validation=held)
    ids = np.arange(len(views)).astype(str)
    several = many.fit(*learned, validation=held)
    scores = [
        Scores(name, ids, each.predict_proba(views), tuple("abcd"))
        for name, each in (("one", one), ("three", several))
    ]
    truth = Truth(ids, ids, labels, tuple("abcd"))
    figures = evaluate(truth, scores, [("three", "one")], n_replicates=200)
    low, high = figures["comparisons"][0]["ci"]
    assert low <= 0 <= high
    assert high - low < 0.01


def test_members_may_be_listed_by_block_classifier_and_seed():
    members = ("logistic:one", "xgboost:sift", "xgboost:sift@1")
    made = fitted("one", "two", members=members)
    assert made.needs == ("one", "sift")
    assert made.member_shares == dict.fromkeys(members, 1 / 3)
    first, second = made.fitted_[1:]
    views, _ = networks(TEST, "one", "two")
    assert (first.predict_proba(views)[:, 0] != second.predict_proba(views)[:, 0]).any()
    assert made.libraries == ("numpy", "sklearn", "xgboost")


def test_networks_and_members_are_not_both_taken():
    with pytest.raises(InvalidOption, match="nothing to name; got one"):
        fitted("one", networks=("one",), members=("logistic:one",))


def test_an_unknown_way_and_a_single_fold_are_refused():
    with pytest.raises(InvalidOption, match="combine must be one of mean, stacking"):
        fitted("one", combine="vote")
    with pytest.raises(InvalidOption, match="cv must be at least 2; got 1"):
        fitted("one", combine="stacking", cv=1)


def stacked(*members, **options):
    made = Ensemble(members=members, combine="stacking", cv=3, **options)
    return made.fit(*LEARNED, validation=VALIDATION)


def test_a_stack_averages_standardised_logits_with_its_shares():
    made = stacked("logistic", "logistic:words")
    held_out = [member.decision_function(VALIDATION[0])[:, 0] for member in made.fitted_]
    logits = [member.decision_function(TEST[0])[:, 0] for member in made.fitted_]
    mean = sum(
        share * (values - known.mean()) / known.std()
        for share, values, known in zip(made.shares_, logits, held_out, strict=True)
    )
    found = made.decision_function(TEST[0])[:, 0]
    np.testing.assert_array_equal(np.argsort(found), np.argsort(mean))


def test_a_member_that_knows_nothing_gets_next_to_nothing():
    views, labels = LEARNED
    rng = np.random.default_rng(9)
    noise = Block(rng.normal(size=(len(labels), 6)).astype(np.float32), "deep")
    some = Views(views.blocks | {"noise": noise})
    made = Ensemble(members=("logistic:net", "logistic:noise"), combine="stacking", alpha=1)
    made.fit(some, labels, validation=(some, labels))
    assert made.member_shares["logistic:noise"] < 0.1


def test_a_stack_survives_the_disk(tmp_path):
    made = stacked("logistic", "logistic:words")
    made.save(tmp_path)
    again = Ensemble(**made.get_params()).load(tmp_path)
    np.testing.assert_array_equal(again.predict_proba(TEST[0]), made.predict_proba(TEST[0]))
    assert again.member_shares == made.member_shares


def test_an_ensemble_of_an_earlier_version_is_a_mean(tmp_path):
    made = fitted("one", "other", noise=1.0)
    made.save(tmp_path)
    with np.load(tmp_path / STATE) as kept:
        ours = {"shares_", "centres_", "spreads_"}
        earlier = {name: values for name, values in kept.items() if name not in ours}
    with storage.whole(tmp_path / STATE) as path:
        np.savez(path, **earlier)
    views, _ = networks(TEST, "one", "other", noise=1.0)
    again = Ensemble(member="logistic").load(tmp_path)
    np.testing.assert_array_equal(again.predict_proba(views), made.predict_proba(views))


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
