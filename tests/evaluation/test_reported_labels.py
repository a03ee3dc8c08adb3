import numpy as np
import pytest

from evaluation.reported_labels import by_label, pooled, prevalence, prevalence_micro_auc

LABELS = np.array([[1, np.nan], [0, 1], [np.nan, 0]])
SCORES = np.array([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]])


def test_only_reported_labels_are_pooled():
    positive, scores = pooled(LABELS, SCORES)
    assert positive.tolist() == [True, False, True, False]
    assert scores.tolist() == [0.1, 0.3, 0.4, 0.6]


def test_a_figure_of_a_label_sees_the_images_that_report_it():
    sums = by_label(lambda positive, scores: scores[~positive].sum(), LABELS, SCORES)
    assert sums.tolist() == [0.3, 0.6]


def test_prevalence_is_over_the_images_that_report_a_label():
    labels = np.array([[1, 0], [1, np.nan], [0, np.nan], [0, 1]])
    assert prevalence(labels).tolist() == [0.5, 0.5]


def test_a_label_that_no_image_reports_has_prevalence_0():
    assert prevalence(np.full((2, 1), np.nan)).tolist() == [0]


def test_the_prevalence_only_baseline_by_hand():
    # Positives: three at 0.75, one at 0.25; negatives: one at 0.75, three at 0.25, one at 0.
    # Of 20 pairs 12 are won by the three and tied 3; the one wins 1 and ties 3.
    labels = np.array([[1, 0, 0], [1, 0, np.nan], [1, 1, np.nan], [0, 0, np.nan]])
    micro = prevalence_micro_auc(labels, np.array([0.75, 0.25, 0]))
    assert micro == pytest.approx((12 + 3 / 2 + 1 + 3 / 2) / 20)


def test_the_prevalence_only_baseline_of_equally_frequent_labels_is_a_half():
    assert prevalence_micro_auc(np.eye(4), np.full(4, 0.25)) == 0.5
