import numpy as np

from evaluation import pairs

LABELS = np.array([[1, np.nan], [0, 1], [np.nan, 0]])
SCORES = np.array([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]])


def test_only_reported_pairs_are_pooled():
    positive, scores = pairs.pooled(LABELS, SCORES)
    assert positive.tolist() == [True, False, True, False]
    assert scores.tolist() == [0.1, 0.3, 0.4, 0.6]


def test_a_figure_of_a_label_sees_the_images_that_report_it():
    sums = pairs.by_label(lambda positive, scores: scores[~positive].sum(), LABELS, SCORES)
    assert sums.tolist() == [0.3, 0.6]
