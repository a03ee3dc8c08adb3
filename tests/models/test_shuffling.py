import numpy as np
import pytest

from errors import InvalidOption
from models.classifiers.late_fusion import LateFusion
from models.classifiers.logistic import Logistic
from models.shuffling import shuffled
from tests.models import made_up

TRAIN, VALIDATION, TEST = (made_up.labelled(seed=seed) for seed in range(3))


@pytest.fixture(scope="module")
def linear():
    return Logistic(views=("deep", "words")).fit(*TRAIN, validation=VALIDATION)


def test_weights_are_the_same_numbers_in_another_order(linear):
    other = shuffled(linear, seed=1)
    assert not np.array_equal(other.weights_, linear.weights_)
    np.testing.assert_array_equal(np.sort(other.weights_, None), np.sort(linear.weights_, None))


def test_the_classifier_given_stays_as_it_was(linear):
    before = linear.predict_proba(TEST[0])
    assert not np.allclose(shuffled(linear, seed=1).predict_proba(TEST[0]), before)
    np.testing.assert_array_equal(linear.predict_proba(TEST[0]), before)


def test_same_seed_same_order(linear):
    one, same, other = (shuffled(linear, seed).weights_ for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


def test_trees_have_no_weights_to_shuffle():
    from models.classifiers.xgboost import Xgboost

    trees = Xgboost(n_estimators=2).fit(*TRAIN, validation=VALIDATION)
    with pytest.raises(InvalidOption, match="Xgboost has none"):
        shuffled(trees, seed=0)


def test_every_member_of_a_fusion_is_shuffled():
    fusion = LateFusion(members=("logistic", "logistic:words")).fit(*TRAIN, validation=VALIDATION)
    other = shuffled(fusion, seed=1)
    for member, was in zip(other.fitted_, fusion.fitted_, strict=True):
        assert not np.array_equal(member.weights_, was.weights_)
    np.testing.assert_array_equal(other.spreads_, fusion.spreads_)


@pytest.mark.slow
def test_a_network_is_shuffled_layer_by_layer_and_standardises_as_before():
    from models.classifiers.dual_input import DualInput

    network = DualInput(epochs=1, hidden=8).fit(*TRAIN, validation=VALIDATION)
    before = network.decision_function(TEST[0])
    other = shuffled(network, seed=1)
    assert not np.allclose(other.decision_function(TEST[0]), before, atol=0.01)
    np.testing.assert_array_equal(network.decision_function(TEST[0]), before)
    for layer, was in zip(other.network_.layers, network.network_.layers, strict=True):
        for now, then in zip(layer.trainable_variables, was.trainable_variables, strict=True):
            np.testing.assert_array_equal(np.sort(now.numpy(), None), np.sort(then.numpy(), None))
        if hasattr(was, "mean"):
            np.testing.assert_array_equal(layer.mean, was.mean)
