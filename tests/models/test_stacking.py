import numpy as np
import pytest
from scipy.optimize import minimize

from models.named import classifier_named
from models.stacking import folds_of, out_of_fold, stacked_shares
from tests.models import made_up

TRAIN, VALIDATION = (made_up.labelled(seed=seed) for seed in range(2))
FOLDS = folds_of(np.arange(120), 3, 0)


def members():
    return [classifier_named(name) for name in ("logistic", "logistic:words")]


def predictions(labels):
    views, _ = TRAIN
    return out_of_fold([members() for _ in range(3)], (views, labels), VALIDATION, FOLDS, False)


def test_all_images_of_a_patient_are_in_one_fold():
    owners = np.repeat(["a", "b", "c", "d", "e", "f", "g"], 3)
    folds = folds_of(owners, 3, 0)
    assert all(len(set(folds[owners == owner])) == 1 for owner in owners)
    assert sorted(set(folds)) == [0, 1, 2]


def test_there_are_no_more_folds_than_patients():
    assert set(folds_of(np.array(["a", "a", "b"]), 5, 0)) == {0, 1}


def test_no_image_is_predicted_by_members_that_saw_its_labels():
    """Other labels in one fold change the predictions of all other folds, and not its own."""
    known = np.nan_to_num(TRAIN[1])
    changed = np.where((FOLDS == 1)[:, None], 1 - known, known)
    before, after = predictions(known), predictions(changed)
    np.testing.assert_array_equal(before[:, FOLDS == 1], after[:, FOLDS == 1])
    assert (before[:, FOLDS != 1, 0] != after[:, FOLDS != 1, 0]).all()


def test_predictions_are_those_of_members_that_learned_from_the_other_folds():
    views, labels = TRAIN
    held = FOLDS == 2
    alone, _ = members()
    alone._fit(views.select(~held), labels[~held], VALIDATION)
    logits = alone.decision_function(views.select(held))[:, 0]
    expected = (logits - logits.mean()) / logits.std()
    np.testing.assert_allclose(predictions(labels)[0, held, 0], expected)


def test_of_one_patient_nothing_is_known():
    views, labels = TRAIN
    found = out_of_fold([members()], (views, labels), VALIDATION, np.zeros(120, int), False)
    assert not found.any()


def drawn(n_images=400, noise=(1.0, 3.0, 1e9), seed=0):
    """Logits of members that see two labels through noise, and the labels."""
    rng = np.random.default_rng(seed)
    labels = (rng.random((n_images, 2)) < (0.3, 0.05)).astype(float)
    logits = np.stack([labels + each * rng.normal(size=labels.shape) for each in noise])
    logits = (logits - logits.mean(axis=1, keepdims=True)) / logits.std(axis=1, keepdims=True)
    labels[rng.random(labels.shape) < 0.2] = np.nan
    return logits, labels


def test_shares_are_those_of_the_ridge_that_a_general_optimiser_finds():
    logits, labels = drawn(noise=(1.0, 2.0, 3.0))
    known = ~np.isnan(labels)
    targets = (labels - np.nanmean(labels, axis=0)) / np.nanstd(labels, axis=0)
    n_images, alpha = len(labels), 50.0

    def loss(weights):
        errors = np.tensordot(weights, logits, 1) - targets
        return n_images * (errors[known] ** 2).mean() + alpha * (weights**2).sum()

    found = minimize(loss, np.ones(3), bounds=[(0, None)] * 3, tol=1e-12).x
    shares = stacked_shares(logits, labels, alpha)
    np.testing.assert_allclose(shares, found / found.sum(), atol=1e-3)


def test_the_better_member_gets_more_and_shares_sum_to_1():
    better, worse, _ = stacked_shares(*drawn(), 10.0)
    assert better > 2 * worse > 0
    assert sum(stacked_shares(*drawn(), 10.0)) == pytest.approx(1)


def test_a_member_that_is_wrong_gets_exactly_0():
    logits, labels = drawn(noise=(1.0, 1.0))
    logits[1] *= -1
    np.testing.assert_array_equal(stacked_shares(logits, labels, 10.0), [1, 0])


def test_members_that_say_the_same_get_the_same():
    logits, labels = drawn(noise=(1.0,))
    np.testing.assert_allclose(stacked_shares(np.repeat(logits, 3, 0), labels, 10.0), [1 / 3] * 3)


def test_without_any_evidence_shares_are_equal():
    logits, labels = drawn()
    np.testing.assert_allclose(stacked_shares(logits, np.full_like(labels, np.nan), 1.0), 1 / 3)
    np.testing.assert_allclose(stacked_shares(np.zeros_like(logits), labels, 1.0), 1 / 3)
