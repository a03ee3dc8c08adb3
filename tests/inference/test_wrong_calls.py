from dataclasses import replace

import numpy as np
import pytest

from errors import InvalidOption
from inference import wrong_calls
from models.bundle import Findings
from tests import explanations, fakes

NAN = np.nan
# Thresholds are 0.5, 0.2, none and 0.4.
BUNDLE = explanations.bundle()
FOUND = explanations.findings([0.9, 0.1, 0.9, 0.1], [0.4, 0.9, 0.1, 0.1], [0.6, 0.3, 0.2, 0.1])
TRUTH = np.array([[0, 1, 0], [0, 1, 0], [0, 1, 1]])


@pytest.fixture
def images():
    """Nothing is known of Hernia, which has no threshold either."""
    return fakes.images(TRUTH, label_names=("Mass", "Edema", "No Finding"))


def test_wrong_calls_lie_as_far_from_thresholds_as_they_do(images):
    expected = [[0.4, 0.1, NAN, NAN], [NAN] * 4, [0.1, NAN, NAN, 0.3]]
    found = wrong_calls.distances(images, BUNDLE, FOUND, [])
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_only_labels_that_are_asked_for_count(images):
    found = wrong_calls.distances(images, BUNDLE, FOUND, [1])
    np.testing.assert_allclose(found[:, 1], [0.1, NAN, NAN], rtol=1e-6)
    assert np.isnan(found[:, [0, 2, 3]]).all()


def test_of_exclusive_classes_the_one_chosen_and_the_one_missed_are_wrong():
    bundle = replace(BUNDLE, classes=BUNDLE.labels, thresholds=np.full(4, NAN))
    calibrated = np.array([[0.6, 0.2, 0.1, 0.1], [0.1, 0.7, 0.1, 0.1]])
    found = Findings(calibrated, calibrated, calibrated == calibrated.max(axis=1, keepdims=True))
    images = fakes.images(np.eye(4)[[1, 1]], label_names=BUNDLE.labels)
    away = wrong_calls.distances(images, bundle, found, [])
    np.testing.assert_allclose(away, [[0.4, 0.4, NAN, NAN], [NAN] * 4], rtol=1e-6)


def test_a_label_without_a_threshold_or_truth_has_no_wrong_call():
    images = fakes.images(np.array([[1, NAN]] * 3), label_names=("Hernia", "Mass"))
    assert np.isnan(wrong_calls.distances(images, BUNDLE, FOUND, [])).all()


def test_the_worst_call_comes_first_and_images_without_one_follow_in_their_order(images):
    away = wrong_calls.distances(images, BUNDLE, FOUND, [])
    assert wrong_calls.first(away, np.array([0, 1, 2])).tolist() == [0, 2, 1]
    nothing = np.full((3, 4), NAN)
    assert wrong_calls.first(nothing, np.array([2, 0, 1])).tolist() == [2, 0, 1]


def test_wrong_labels_are_shown_the_worst_first_and_others_where_none_is_wrong(images):
    away = wrong_calls.distances(images, BUNDLE, FOUND, [])
    assert wrong_calls.columns(away, [[2], [2], [2]]) == [[0, 1], [2], [3, 0]]
    many = np.arange(1.0, 5.0)[None]
    assert wrong_calls.columns(many, [[0]]) == [[3, 2, 1]]


def test_the_number_of_wrong_images_is_told(images):
    away = wrong_calls.distances(images, BUNDLE, FOUND, [])
    assert wrong_calls.counted(away) == "2 of 3 images have a wrong call; those come first."
    assert wrong_calls.counted(away[1:2]) == "0 of 1 images have a wrong call."


def test_images_without_any_label_of_the_bundle_are_refused(images):
    wrong_calls.check(images, ("Mass", "Hernia"))
    with pytest.raises(InvalidOption, match="labels: Hernia, Gout; made up has none"):
        wrong_calls.check(images, ("Hernia", "Gout"))
