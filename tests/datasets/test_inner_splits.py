from dataclasses import replace

import numpy as np
import pytest

from datasets.images import Split
from datasets.inner_splits import check_inner_folds, held_out
from errors import BadSplit, InvalidOption
from tests import fakes

RNG = np.random.default_rng(0)
LABELS = (RNG.random((300, 2)) < 0.3).astype(float)
SETS = np.array(["train", "train", "train", "validation", "test"] * 60, object)
PATIENTS = np.array([f"p{number // 15}{SETS[number]}" for number in range(300)], object)


@pytest.fixture
def images():
    return replace(fakes.images(LABELS, split=Split("mine", SETS)), patients=PATIENTS)


def test_a_fifth_of_the_training_images_is_held_out(images):
    (held,) = held_out(images, 0, seed=0)
    assert len(held) == images.train.sum()
    assert held.mean() == pytest.approx(1 / 5, abs=0.05)


def test_each_training_image_is_held_out_in_one_inner_fold(images):
    held = np.array(held_out(images, 4, seed=0))
    assert (held.sum(axis=0) == 1).all()


@pytest.mark.parametrize("n_folds", [0, 3])
def test_no_patient_is_on_both_sides(images, n_folds):
    patients = images.patients[images.train]
    for held in held_out(images, n_folds, seed=0):
        assert not set(patients[held]) & set(patients[~held])


def test_labels_outside_the_training_set_change_nothing(images):
    changed = images.labels.copy()
    changed[~images.train] = 1 - changed[~images.train]
    (before,), (after,) = (
        held_out(each, 0, seed=0) for each in (images, replace(images, labels=changed))
    )
    np.testing.assert_array_equal(before, after)


def test_inner_validation_images_without_any_auc_are_refused(images):
    with pytest.raises(BadSplit, match="positive and negative images; those of 'mine' have none"):
        held_out(replace(images, labels=np.zeros_like(LABELS)), 0, seed=0)


def test_more_inner_folds_than_patients_are_refused(images):
    with pytest.raises(InvalidOption, match="need 21 training patients"):
        held_out(images, 21, seed=0)


@pytest.mark.parametrize("n_folds", [1, -1])
def test_one_inner_fold_is_refused(n_folds):
    with pytest.raises(InvalidOption, match=f"at least 2; got {n_folds}"):
        check_inner_folds(n_folds)
