import numpy as np
import pytest

from evaluation.class_choice import as_thresholds, most_probable, of_all_classes
from evaluation.decisions import decide

PROBABILITIES = np.array([[0.2, 0.4, 0.4], [0.5, 0.3, 0.2], [0.1, 0.1, 0.8]])


def test_the_first_of_equally_probable_classes_is_chosen():
    np.testing.assert_array_equal(most_probable(PROBABILITIES), np.eye(3, dtype=bool)[[1, 0, 2]])


@pytest.mark.parametrize("count", [0, 1])
def test_any_number_of_images_is_decided(count):
    assert most_probable(np.full((count, 3), 1 / 3)).sum() == count


def test_as_thresholds_they_call_the_class_chosen_and_no_other():
    labels = np.eye(3)[[1, 2, 2]]
    found = decide(labels, PROBABILITIES, as_thresholds(PROBABILITIES))
    np.testing.assert_array_equal(found.true_positives, [0, 1, 1])
    np.testing.assert_array_equal(found.false_positives, [1, 0, 0])
    np.testing.assert_array_equal(found.false_negatives, [0, 0, 1])


def test_one_of_two_classes_is_chosen_from_a_half_on():
    np.testing.assert_array_equal(as_thresholds(np.array([[0.2], [0.9]])), [0.5])


def test_one_of_two_classes_implies_the_other():
    np.testing.assert_array_equal(of_all_classes(np.array([[0.25], [1]])), [[0.25, 0.75], [1, 0]])
