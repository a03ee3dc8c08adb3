import numpy as np
import pytest

from errors import InvalidOption, UnknownPlugin
from evaluation.auc import auc
from models.classifiers.late_fusion import LateFusion, shrunk, weightings
from tests.models import made_up

TRAIN, VALIDATION, TEST = (made_up.labelled(seed=seed) for seed in range(3))
MEMBERS = ("logistic", "logistic:words")


@pytest.fixture(scope="module")
def fitted():
    return LateFusion(members=MEMBERS).fit(*TRAIN, validation=VALIDATION)


def test_it_needs_what_its_members_need():
    assert LateFusion(members=("logistic:words",)).needs == ("words",)
    assert LateFusion(members=("logistic:words+metadata", "logistic")).needs == (
        "deep",
        "words",
        "metadata",
    )


def test_its_libraries_are_those_of_its_members():
    mixed = LateFusion(members=("logistic", "xgboost"))
    assert mixed.libraries == ("numpy", "sklearn", "xgboost")


def test_together_the_members_know_more_than_each(fitted):
    reported = ~np.isnan(TEST[1][:, 0])
    positive = TEST[1][reported, 0] == 1
    together, *apart = (
        auc(positive, model.predict_proba(TEST[0])[reported, 0])
        for model in (fitted, *fitted.fitted_)
    )
    assert together > max(apart) + 0.02


def test_images_are_ordered_as_by_the_mean_of_standardised_logits(fitted):
    held_out = [member.decision_function(VALIDATION[0])[:, 0] for member in fitted.fitted_]
    logits = [member.decision_function(TEST[0])[:, 0] for member in fitted.fitted_]
    mean = sum(
        share * (values - known.mean()) / known.std()
        for share, values, known in zip(fitted.shares_, logits, held_out, strict=True)
    )
    found = fitted.decision_function(TEST[0])[:, 0]
    np.testing.assert_array_equal(np.argsort(found), np.argsort(mean))


def test_one_member_alone_is_itself():
    alone = LateFusion(members=("logistic",)).fit(*TRAIN, validation=VALIDATION)
    (member,) = alone.fitted_
    expected = member.predict_proba(TEST[0])[:, :2]
    np.testing.assert_allclose(alone.predict_proba(TEST[0])[:, :2], expected, rtol=1e-4)


def test_a_member_that_cannot_take_a_view_is_refused():
    with pytest.raises(InvalidOption, match="late_fusion always takes deep and words"):
        _ = LateFusion(members=("late_fusion:words",)).needs


def test_an_unknown_member_is_refused_by_name():
    with pytest.raises(UnknownPlugin, match="logisitc"):
        LateFusion(members=("logisitc",)).fit(*TRAIN, validation=VALIDATION)


def test_attribution_is_that_of_its_members_as_far_as_each_counts(fitted):
    """What a member says of an image without a block is lost from the fusion too."""
    arrays = TEST[0].arrays
    without = made_up.views(arrays["net"], np.zeros_like(arrays["sift"]))
    lost = fitted.decision_function(TEST[0]) - fitted.decision_function(without)
    sums = fitted.attribution(TEST[0], [0, 1]).sums["sift"]
    np.testing.assert_allclose(sums, lost[:, :2], atol=1e-4)


def test_it_has_a_gradient_by_what_any_member_has_one():
    trees = ("xgboost", "logistic:words")
    assert LateFusion(members=trees).differentiable_by == ("words",)
    assert LateFusion(members=("xgboost",)).differentiable_by == ()


@pytest.mark.slow
def test_the_slopes_of_its_tensors_are_those_of_its_logits(fitted):
    """Linear members, so a step of any length tells the slope."""
    vectors = TEST[0].arrays
    moved = made_up.views(vectors["net"] + 1, vectors["sift"])
    found = fitted.tensor_logits(moved.arrays) - fitted.tensor_logits(vectors)
    expected = fitted.decision_function(moved) - fitted.decision_function(TEST[0])
    np.testing.assert_allclose(found.numpy()[:, :2], expected[:, :2], atol=1e-4)


def test_what_only_members_of_share_0_take_has_weight_0(fitted):
    assert fitted.member_shares == dict(zip(MEMBERS, fitted.shares_.tolist(), strict=True))
    assert fitted.weightless == ()
    alone = LateFusion(members=MEMBERS).fit(*TRAIN, validation=VALIDATION)
    alone.shares_ = np.array([1.0, 0.0])
    assert alone.member_shares == {"logistic": 1.0, "logistic:words": 0.0}
    assert alone.weightless == ("words",)
    (attribution,) = [
        each for name, each in alone.attribution(TEST[0], [0]).blocks.items() if name == "sift"
    ]
    assert not attribution.any()


def test_shares_are_moved_towards_equal_ones_by_the_number_of_validation_images():
    best = np.array([1.0, 0.0, 0.0])
    np.testing.assert_allclose(shrunk(best, 300, 100), [5 / 6, 1 / 12, 1 / 12])
    np.testing.assert_allclose(shrunk(best, 0, 100), 1 / 3)
    np.testing.assert_array_equal(shrunk(best, 10, 0), best)


def test_the_shares_are_those_of_the_best_validation_auc_after_this_rule():
    chosen = LateFusion(members=MEMBERS, prior_images=0).fit(*TRAIN, validation=VALIDATION)
    moved = LateFusion(members=MEMBERS, prior_images=40).fit(*TRAIN, validation=VALIDATION)
    assert set(4 * chosen.shares_) <= set(range(5))
    np.testing.assert_allclose(moved.shares_, 0.75 * chosen.shares_ + 0.25 / 2)


def test_members_of_one_name_are_numbered():
    twice = LateFusion(members=("logistic", "logistic"))
    twice.shares_ = np.array([0.75, 0.25])
    assert twice.member_shares == {"logistic": 0.75, "logistic (2)": 0.25}


def test_members_may_take_single_blocks():
    blocks = LateFusion(members=("logistic:net", "logistic:words"))
    assert blocks.needs == ("words", "net")
    fitted = blocks.fit(*TRAIN, validation=VALIDATION)
    plain = LateFusion(members=MEMBERS).fit(*TRAIN, validation=VALIDATION)
    np.testing.assert_array_equal(fitted.predict_proba(TEST[0]), plain.predict_proba(TEST[0]))


def test_every_weighting_comes_once_and_the_most_even_first():
    ways = weightings(3, 2).tolist()
    assert len(ways) == len({tuple(way) for way in ways}) == 6
    assert ways[0].count(0.5) == 2
    np.testing.assert_allclose(np.sum(ways, axis=1), 1)


def test_members_of_exclusive_classes_are_averaged_and_sum_to_one_again():
    alone = LateFusion(members=MEMBERS, weight_steps=2).fit(
        *made_up.classes(), validation=made_up.classes(60, seed=1), exclusive=True
    )
    views, _ = made_up.classes(50, seed=2)
    each = np.log([member.predict_proba(views) for member in alone.fitted_])
    spreads = np.ravel(alone.spreads_[:, :, 0])
    weights = alone.shares_ * (alone.shares_ @ spreads) / spreads
    odds = np.exp(np.tensordot(weights, each, 1))
    expected = odds / odds.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(alone.predict_proba(views), expected, rtol=1e-4)
