import numpy as np
import pytest

pytestmark = pytest.mark.slow

LOGITS = np.array([[2.0, -1.0], [-0.5, 0.3]], np.float32)
LABELS = np.array([[1, 0], [0, 1]], np.float32)
ONES = np.ones((2, 2), np.float32)
CHANCE = 1 / (1 + np.exp(-LOGITS))
RIGHT = np.where(LABELS == 1, CHANCE, 1 - CHANCE)


@pytest.fixture
def losses():
    from models import losses

    return losses


def test_cross_entropy_is_minus_the_logarithm_of_the_right_chance(losses):
    np.testing.assert_allclose(losses.cross_entropy(LABELS, LOGITS), -np.log(RIGHT), rtol=1e-5)


def test_focal_loss_by_hand(losses):
    found = losses.focal(LABELS, LOGITS, alpha=0.25, gamma=2.0)
    share = np.where(LABELS == 1, 0.25, 0.75)
    np.testing.assert_allclose(found, -share * (1 - RIGHT) ** 2 * np.log(RIGHT), rtol=1e-5)


def test_a_neutral_focal_loss_is_half_of_cross_entropy(losses):
    found = losses.focal(LABELS, LOGITS, alpha=0.5, gamma=0.0)
    np.testing.assert_allclose(2 * found, -np.log(RIGHT), rtol=1e-5)


def test_hinge_loss_ends_at_its_margin(losses):
    np.testing.assert_allclose(losses.hinge(LABELS, LOGITS), [[0, 0], [0.5, 0.7]], rtol=1e-6)


def test_hybrid_loss_is_its_three_terms_in_their_shares(losses):
    shape = {"alpha": 0.5, "gamma": 1.0}
    terms = (losses.focal(LABELS, LOGITS, **shape), -np.log(RIGHT), losses.hinge(LABELS, LOGITS))
    expected = sum(share * np.array(term) for share, term in zip(losses.HYBRID, terms, strict=True))
    np.testing.assert_allclose(losses.hybrid(LABELS, LOGITS, **shape), expected, rtol=1e-5)


@pytest.mark.parametrize("name", ["bce", "focal", "hybrid"])
def test_an_unreported_label_has_no_loss_and_no_gradient(losses, name):
    from features.runtime import tf

    labels = np.array([[1, np.nan], [0, 1]], np.float32)
    shape = {"alpha": 0.5, "gamma": 2.0}
    logits = tf.Variable(LOGITS)
    with tf.GradientTape() as tape:
        loss = losses.masked(losses.LOSSES[name], labels, logits, ONES, **shape)
    gradient = tape.gradient(loss, logits).numpy()
    everything = np.array(losses.LOSSES[name](LABELS, LOGITS, **shape))
    assert np.isclose(loss, (everything.sum() - everything[0, 1]) / 3)
    assert gradient[0, 1] == 0
    assert np.isfinite(gradient).all()


@pytest.mark.parametrize("kind", ["BinaryCrossentropy", "CategoricalCrossentropy"])
def test_label_smoothing_is_that_of_keras(losses, kind):
    from features.runtime import keras

    oracle = getattr(keras.losses, kind)(from_logits=True, label_smoothing=0.2)
    if kind == "BinaryCrossentropy":
        found = losses.masked(losses.cross_entropy, LABELS, LOGITS, ONES, smoothing=0.2)
        np.testing.assert_allclose(found, oracle(LABELS, LOGITS), rtol=1e-5)
    else:
        of_classes = losses.categorical_cross_entropy, CLASSES, OF_THREE, np.ones((2, 3), "f4")
        found = losses.of_known_class(*of_classes, smoothing=0.2)
        np.testing.assert_allclose(found, oracle(CLASSES, OF_THREE), rtol=1e-5)


def test_nothing_reported_costs_nothing(losses):
    nothing = np.full((2, 2), np.nan, np.float32)
    shape = {"alpha": 0.5, "gamma": 2.0}
    assert losses.masked(losses.cross_entropy, nothing, LOGITS, ONES, **shape) == 0


def test_class_weights_count_absent_before_present(losses):
    weights = np.array([[1, 1], [3, 1]], np.float32)
    found = losses.masked(losses.cross_entropy, LABELS, LOGITS, weights)
    expected = -np.log(RIGHT) * np.array([[3, 1], [1, 1]])
    np.testing.assert_allclose(found, expected.mean(), rtol=1e-5)


# Three classes, of which the first image's weighs twice as much.
OF_THREE = np.array([[2.0, -1.0, 0.5], [0.0, 3.0, 1.0]], np.float32)
CLASSES = np.array([[1, 0, 0], [0, 0, 1]], np.float32)
SHAPE = {"alpha": 0.5, "gamma": 2.0}


@pytest.mark.parametrize("name", ["bce", "focal"])
def test_losses_of_exclusive_classes_are_those_of_keras(losses, name):
    from features.runtime import keras

    oracle = {
        "bce": keras.losses.CategoricalCrossentropy(from_logits=True, reduction=None),
        "focal": keras.losses.CategoricalFocalCrossentropy(
            alpha=1.0, gamma=2.0, from_logits=True, reduction=None
        ),
    }[name]
    found = losses.OF_CLASSES[name](CLASSES, OF_THREE, **SHAPE)
    np.testing.assert_allclose(found, oracle(CLASSES, OF_THREE), rtol=1e-4)


def test_the_hinge_loss_of_exclusive_classes_is_one_above_the_best_other_class(losses):
    np.testing.assert_allclose(losses.categorical_hinge(CLASSES, OF_THREE), [0, 3], rtol=1e-6)


def test_images_of_an_unknown_class_cost_nothing_and_classes_have_weights(losses):
    labels = np.vstack([CLASSES, np.full(3, np.nan)]).astype(np.float32)
    weights = np.array([[1, 1, 1], [2, 1, 1]], np.float32)
    logits = np.vstack([OF_THREE, [5, 5, 5]]).astype(np.float32)
    found = losses.of_known_class(losses.categorical_cross_entropy, labels, logits, weights)
    each = np.array(losses.categorical_cross_entropy(CLASSES, OF_THREE))
    np.testing.assert_allclose(found, (2 * each[0] + each[1]) / 2, rtol=1e-5)
