import numpy as np
from sklearn.utils.class_weight import compute_class_weight

from models import exclusive

NAN = np.nan
LOGITS = np.array([[2.0, -1.0, 0.5], [0.0, 3.0, 1.0]])
LABELS = np.eye(3, dtype=np.float32)[[0, 0, 0, 1, 1, 2]]


def shares(logits):
    odds = np.exp(logits)
    return odds / odds.sum(axis=-1, keepdims=True)


def test_exclusive_classes_are_ranked_by_their_share_and_labels_by_their_logit():
    np.testing.assert_allclose(exclusive.ranked(LOGITS, True), shares(LOGITS))
    assert exclusive.ranked(LOGITS, False) is LOGITS


def test_a_class_that_is_not_learned_gets_its_constant_beside_the_others():
    found = shares(exclusive.completed(LOGITS, np.array([NAN, 0.25, NAN])))
    learned = shares(LOGITS[:, [0, 2]])
    np.testing.assert_allclose(found[:, 1], 0.25 / 1.25)
    np.testing.assert_allclose(found[:, [0, 2]], learned / 1.25)


def test_where_no_class_is_learned_all_have_their_constants():
    constants = np.array([0.8, 0.1, 0.1])
    np.testing.assert_allclose(shares(exclusive.completed(LOGITS, constants))[1], constants)


def test_networks_start_from_how_common_each_class_is():
    prior = exclusive.prior_of_classes(LABELS)
    np.testing.assert_allclose(shares(prior), np.array([4, 3, 2]) / 9, rtol=1e-6)


def test_balanced_classes_weigh_as_in_scikit_learn():
    classes = LABELS.argmax(axis=1)
    expected = compute_class_weight("balanced", classes=np.arange(3), y=classes)
    absent, present = exclusive.weights_of_classes(LABELS, softened=False)
    np.testing.assert_allclose(present, expected, rtol=1e-6)
    np.testing.assert_array_equal(absent, 1)


def test_softened_weights_are_square_roots_with_a_mean_of_one():
    _, balanced = exclusive.weights_of_classes(LABELS, softened=False)
    _, softened = exclusive.weights_of_classes(LABELS, softened=True)
    np.testing.assert_allclose(softened / np.sqrt(balanced), softened[0] / np.sqrt(balanced[0]))
    np.testing.assert_allclose((LABELS @ softened).mean(), 1, rtol=1e-6)
