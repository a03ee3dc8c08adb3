import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from evaluation.auc import auc, label_aucs, macro, micro_auc, midranks

RNG = np.random.default_rng(sum(map(ord, "auc")))
POSITIVE = RNG.random(200) < 0.3
SMOOTH = RNG.random(200) + POSITIVE / 3


def by_counting(positive, scores):
    pairs = [(above, below) for above in scores[positive] for below in scores[~positive]]
    return sum((a > b) + (a == b) / 2 for a, b in pairs) / len(pairs)


@pytest.mark.parametrize("decimals", [9, 1, 0])
def test_auc_is_what_counting_pairs_gives_however_many_ties(decimals):
    scores = SMOOTH.round(decimals)
    assert auc(POSITIVE, scores) == pytest.approx(by_counting(POSITIVE, scores), abs=1e-14)


def test_equal_scores_give_exactly_a_half():
    assert auc(POSITIVE, np.full(200, 0.1)) == 0.5


@pytest.mark.parametrize("kind", [True, False])
def test_one_class_has_no_auc(kind):
    assert np.isnan(auc(np.full(3, kind), np.arange(3)))


def test_a_million_images_do_not_overflow():
    positive = np.arange(1_000_000) >= 500_000
    assert auc(positive, np.arange(1_000_000)) == 1.0


def test_equal_values_share_the_mean_of_their_ranks():
    assert midranks(np.array([3, 1, 3, 2, 3])).tolist() == [4, 1, 4, 2, 4]


def test_images_that_do_not_report_a_label_do_not_count():
    labels = np.array([[0, np.nan], [1, 1], [np.nan, 0], [np.nan, 1]])
    scores = np.array([[0.2, 0.9], [0.4, 0.8], [0.3, 0.5], [0.1, 0.4]])
    assert label_aucs(labels, scores).tolist() == [1.0, 0.5]


def test_macro_is_over_the_labels_that_have_both_classes():
    labels = np.column_stack([POSITIVE, ~POSITIVE, np.zeros(200)])
    scores = RNG.random((200, 3))
    expected = roc_auc_score(labels[:, :2], scores[:, :2], average="macro")
    assert macro(label_aucs(labels, scores)) == pytest.approx(expected)


def test_macro_works_row_by_row_and_is_unknown_where_no_label_has_an_auc():
    rows = np.array([[0.5, 1.0], [np.nan, 0.7], [np.nan, np.nan]])
    np.testing.assert_array_equal(macro(rows), [0.75, 0.7, np.nan])


def test_micro_pools_pairs_as_sklearn_does():
    labels, scores = RNG.random((50, 4)) < 0.3, RNG.random((50, 4)).round(1)
    expected = roc_auc_score(labels, scores, average="micro")
    assert micro_auc(labels.astype(float), scores) == pytest.approx(expected)
