import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from models.classifier import validation_auc
from models.classifiers.logistic import Logistic
from models.views import block_scale
from tests.models import made_up

TRAIN, VALIDATION, TEST = (made_up.labelled(seed=seed) for seed in range(3))
BOTH = ("deep", "words")


def by_sklearn(train, labels, test, strength):
    """Logits of the first label without any turning into a narrower space."""
    shift, divisor = block_scale(train)
    reported = ~np.isnan(labels[:, 0])
    model = LogisticRegression(C=strength, tol=1e-8, max_iter=5000)
    model.fit(((train.stacked() - shift) / divisor)[reported], labels[reported, 0])
    return model.decision_function((test.stacked() - shift) / divisor)


def test_it_is_the_penalised_model_on_blocks_of_equal_variance():
    fitted = Logistic(views=BOTH, C=(1.0,)).fit(*TRAIN, validation=VALIDATION)
    expected = by_sklearn(*TRAIN, TEST[0], 1.0)
    np.testing.assert_allclose(fitted.decision_function(TEST[0])[:, 0], expected, atol=5e-3)


def test_fewer_images_than_columns_give_the_same_model():
    few = np.arange(12)
    images, labels = TRAIN[0].select(few), TRAIN[1][few]
    fitted = Logistic(views=BOTH, C=(1.0,)).fit(images, labels, validation=VALIDATION)
    expected = by_sklearn(images, labels, TEST[0], 1.0)
    np.testing.assert_allclose(fitted.decision_function(TEST[0])[:, 0], expected, atol=5e-3)


def test_the_penalty_is_the_one_that_is_best_on_validation():
    every = {
        strength: Logistic(views=BOTH, C=(strength,)).fit(*TRAIN, validation=VALIDATION)
        for strength in (0.001, 1.0, 1000.0)
    }
    truth = VALIDATION[1][:, :2]
    aucs = {
        strength: validation_auc(truth, fitted.decision_function(VALIDATION[0])[:, :2])
        for strength, fitted in every.items()
    }
    chosen = Logistic(views=BOTH, C=tuple(every)).fit(*TRAIN, validation=VALIDATION)
    best = every[max(aucs, key=aucs.get)]
    np.testing.assert_array_equal(chosen.weights_, best.weights_)


def test_attribution_is_what_a_number_adds_to_the_logit_against_none_of_it():
    fitted = Logistic(views=BOTH).fit(*TRAIN, validation=VALIDATION)
    arrays = {name: values.copy() for name, values in TEST[0].arrays.items()}
    arrays["sift"][:, 3] = 0
    without = made_up.views(arrays["net"], arrays["sift"])
    lost = fitted.decision_function(TEST[0]) - fitted.decision_function(without)
    attribution = fitted.attribution(TEST[0], [1, 0]).blocks["sift"]
    np.testing.assert_allclose(attribution[:, :, 3], lost[:, [1, 0]], atol=1e-4)


@pytest.mark.slow
def test_its_logits_as_tensors_are_its_logits():
    fitted = Logistic(views=BOTH).fit(*TRAIN, validation=VALIDATION)
    found = fitted.tensor_logits(TEST[0].arrays).numpy()
    np.testing.assert_allclose(found[:, :2], fitted.decision_function(TEST[0])[:, :2], atol=1e-5)


def test_exclusive_classes_are_one_multinomial_regression():
    views, labels = made_up.classes()
    fitted = Logistic(views=BOTH, C=(1.0,)).fit(
        views, labels, validation=made_up.classes(60, seed=1), exclusive=True
    )
    shift, divisor = block_scale(views)
    model = LogisticRegression(C=1.0, tol=1e-8, max_iter=5000)
    model.fit((views.stacked() - shift) / divisor, labels.argmax(axis=1))
    seen = made_up.classes(50, seed=2)[0]
    expected = model.predict_proba((seen.stacked() - shift) / divisor)
    np.testing.assert_allclose(fitted.predict_proba(seen), expected, atol=5e-3)


def test_a_class_that_no_training_image_has_gets_a_constant_share():
    views, labels = made_up.classes()
    kept = labels[:, 1] == 0
    fitted = Logistic(views=BOTH, C=(1.0,)).fit(
        views.select(kept),
        labels[kept],
        validation=made_up.classes(60, seed=1),
        reported=True,
        exclusive=True,
    )
    constant = 1 / (kept.sum() + 2)
    found = fitted.predict_proba(made_up.classes(50, seed=2)[0])
    np.testing.assert_allclose(found[:, 1], constant / (1 + constant), rtol=1e-5)
    assert (found[:, [0, 2]].argmax(axis=1) == 1).any()
