import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from evaluation import ranking as module
from evaluation.ranking import ranking

RNG = np.random.default_rng(sum(map(ord, "ranking")))
N_PATIENTS = 40
OWNERS = RNG.integers(N_PATIENTS, size=300)
LABELS = RNG.choice([0.0, 1.0, np.nan], 300, p=[0.6, 0.3, 0.1])
# Few values, so that ties are the rule.
SCORES = RNG.integers(0, 12, 300) / 12
WEIGHTS = RNG.integers(0, 4, (N_PATIENTS, 10))


def by_hand(labels, scores, owners, weights):
    known = ~np.isnan(labels)
    return roc_auc_score(labels[known], scores[known], sample_weight=weights[owners][known])


def test_each_column_of_weights_gives_the_weighted_auc_with_ties():
    found = ranking(LABELS, SCORES, OWNERS, N_PATIENTS).aucs(WEIGHTS)
    expected = [by_hand(LABELS, SCORES, OWNERS, column) for column in WEIGHTS.T]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_how_many_entries_make_a_row_changes_nothing(monkeypatch):
    whole = ranking(LABELS, SCORES, OWNERS, N_PATIENTS).aucs(WEIGHTS)
    monkeypatch.setattr(module, "ENTRIES_A_ROW", 3)
    cut = ranking(LABELS, SCORES, OWNERS, N_PATIENTS).aucs(WEIGHTS)
    np.testing.assert_array_equal(cut, whole)


def test_weights_past_16_bits_are_summed_exactly():
    heavy = WEIGHTS * 100_000
    found = ranking(LABELS, SCORES, OWNERS, N_PATIENTS).aucs(heavy)
    light = ranking(LABELS, SCORES, OWNERS, N_PATIENTS).aucs(WEIGHTS)
    np.testing.assert_allclose(found, light, rtol=1e-12)


def test_many_images_of_one_score_pass_no_limit():
    n_images = 100_000
    labels, owners = np.arange(n_images) % 2.0, np.zeros(n_images, int)
    weights = np.full((1, 1), 31)
    assert ranking(labels, np.full(n_images, 0.5), owners, 1).aucs(weights) == 0.5
    assert ranking(labels, labels, owners, 1).aucs(weights) == 1


@pytest.mark.parametrize("labels", [np.zeros(5), np.ones(5), np.full(5, np.nan)])
def test_one_class_has_no_auc(labels):
    found = ranking(labels, np.arange(5.0), np.arange(5), 5).aucs(np.ones((5, 2), int))
    assert np.isnan(found).all()


def test_weights_that_leave_one_class_have_no_auc():
    weights = np.array([[1, 0], [0, 1]])
    assert np.isnan(
        ranking(np.array([1.0, 0]), np.array([0.2, 0.1]), np.arange(2), 2).aucs(weights)
    ).all()
