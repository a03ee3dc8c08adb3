import numpy as np
import pytest

from evaluation.prevalence_baseline import micro_no_skill, prevalence

LABELS = np.array([[1, 0, 0], [1, 0, np.nan], [1, 1, np.nan], [0, 0, np.nan]])


def test_prevalence_is_over_the_images_that_report_a_label():
    labels = np.array([[1, 0], [1, np.nan], [0, np.nan], [0, 1]])
    assert prevalence(labels).tolist() == [0.5, 0.5]


def test_a_label_that_no_image_reports_has_prevalence_0():
    assert prevalence(np.full((2, 1), np.nan)).tolist() == [0]


def test_the_floor_by_hand():
    # Positives: three at 0.75, one at 0.25; negatives: one at 0.75, three at 0.25, one at 0.
    # Of 20 pairs 12 are won by the three and tied 3; the one wins 1 and ties 3.
    floor = micro_no_skill(LABELS, np.array([0.75, 0.25, 0]))
    assert floor == pytest.approx((12 + 3 / 2 + 1 + 3 / 2) / 20)


def test_labels_equally_frequent_leave_no_floor_above_a_half():
    assert micro_no_skill(np.eye(4), np.full(4, 0.25)) == 0.5
