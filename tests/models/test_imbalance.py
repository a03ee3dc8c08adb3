import numpy as np
import pytest

from errors import InvalidOption
from models.imbalance import class_weights, epoch_rows, mixing, rare_labels

NAN = np.nan
# 1 of 10 images has the rare finding, 5 of 10 the common one.
LABELS = np.zeros((10, 2), np.float32)
LABELS[0, 0] = 1
LABELS[5:, 1] = 1


def rng():
    return np.random.default_rng(0)


def drawn(resampling, target, times=400):
    """Mean number of times each image is drawn in an epoch."""
    source = rng()
    counts = [
        np.bincount(epoch_rows(LABELS, resampling, target, source), minlength=10)
        for _ in range(times)
    ]
    return np.mean(counts, axis=0)


def test_balanced_classes_weigh_the_same_in_total():
    weights = class_weights(LABELS, "balanced")
    np.testing.assert_allclose(weights[0] * [9, 5], weights[1] * [1, 5])
    np.testing.assert_allclose(weights[0] * [9, 5] + weights[1] * [1, 5], 10)


def test_softened_weights_are_nearer_to_one_and_average_one():
    weights = class_weights(LABELS, "softened")
    np.testing.assert_allclose(weights[1] / weights[0], [3, 1])
    np.testing.assert_allclose(weights[0] * [9, 5] + weights[1] * [1, 5], 10, rtol=1e-6)


def test_unreported_labels_have_no_part_in_weights():
    labels = np.array([[1], [0], [0], [0], [NAN], [NAN]])
    np.testing.assert_allclose(class_weights(labels, "balanced")[:, 0], [4 / 6, 4 / 2])


def test_a_label_that_nobody_reports_has_finite_weights():
    for weighting in ("none", "balanced", "softened"):
        assert np.isfinite(class_weights(np.full((3, 1), NAN), weighting)).all()


def test_without_resampling_every_image_comes_once():
    np.testing.assert_array_equal(np.sort(epoch_rows(LABELS, "none", 0.5, rng())), np.arange(10))


def test_oversampling_repeats_rare_findings_up_to_the_target():
    np.testing.assert_allclose(drawn("over", 0.25), [2.5] + [1] * 9, atol=0.1)


def test_undersampling_keeps_rare_findings_and_thins_the_others_to_the_target():
    # One rare image in four: 3 of the 9 others stay.
    np.testing.assert_allclose(drawn("under", 0.25), [1] + [1 / 3] * 9, atol=0.1)


def test_undersampling_never_leaves_next_to_nothing():
    # At this target both findings are rare, and a tenth of the images without either are kept.
    np.testing.assert_allclose(drawn("under", 0.9), [1] + [0.1] * 4 + [1] * 5, atol=0.1)


def test_a_target_below_every_prevalence_changes_nothing():
    for resampling in ("over", "under"):
        np.testing.assert_array_equal(drawn(resampling, 0.05, times=3), np.ones(10))


def test_unknown_ways_are_refused_by_name():
    with pytest.raises(InvalidOption, match="class_weights must be one of none, balanced"):
        class_weights(LABELS, "blanced")
    with pytest.raises(InvalidOption, match="resampling must be one of none, over"):
        epoch_rows(LABELS, "ovr", 0.5, rng())


def test_mixing_pairs_every_row_with_one_of_its_batch_and_keeps_most_of_itself():
    batches = np.arange(6).reshape(2, 3)
    partners, shares = mixing(batches, 0.4, rng())
    np.testing.assert_array_equal(np.sort(partners, axis=1), batches)
    assert ((shares >= 0.5) & (shares <= 1)).all()
    assert len(np.unique(shares)) > 1


def test_without_mixing_every_row_keeps_all_of_itself():
    assert (mixing(np.arange(6).reshape(2, 3), 0.0, rng())[1] == 1).all()


def test_a_label_is_rare_if_some_but_too_few_of_the_images_reporting_it_have_it():
    labels = np.array([[1, 0, 1, np.nan], [0, 0, 1, np.nan], [0, 0, 0, 1], [0, 0, np.nan, 0]])
    assert rare_labels(labels, 0.3).tolist() == [True, False, False, False]
    assert rare_labels(labels, 0.6).tolist() == [True, False, False, True]
