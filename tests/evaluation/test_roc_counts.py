import numpy as np
import pytest

from evaluation import ranking as module
from evaluation.ranking import ranking
from evaluation.roc_counts import roc_counts

RNG = np.random.default_rng(sum(map(ord, "roc counts")))
N_PATIENTS = 40
OWNERS = RNG.integers(N_PATIENTS, size=300)
LABELS = RNG.choice([0.0, 1.0, np.nan], 300, p=[0.6, 0.3, 0.1])
WEIGHTS = RNG.integers(0, 4, (N_PATIENTS, 10))
SCORES = {"tied": RNG.integers(0, 12, 300) / 12, "untied": RNG.random(300)}
each = pytest.mark.parametrize("scores", SCORES.values(), ids=SCORES)


def steps(scores, weights=WEIGHTS):
    return roc_counts(LABELS, scores, OWNERS, N_PATIENTS).steps(weights)


@each
def test_the_auc_is_that_of_the_ranking_to_the_last_digit(scores):
    expected = ranking(LABELS, scores, OWNERS, N_PATIENTS).aucs(WEIGHTS)
    np.testing.assert_array_equal(steps(scores).auc, expected)


@each
def test_positives_and_negatives_are_counted_by_patients_weights(scores):
    found, weights = steps(scores), WEIGHTS[OWNERS]
    np.testing.assert_array_equal(found.positives, weights[LABELS == 1].sum(axis=0))
    np.testing.assert_array_equal(found.negatives, weights[LABELS == 0].sum(axis=0))


@each
def test_how_many_entries_make_a_row_changes_nothing(scores, monkeypatch):
    whole = steps(scores)
    monkeypatch.setattr(module, "ENTRIES_A_ROW", 3)
    np.testing.assert_array_equal(steps(scores).sensitivity(0.9), whole.sensitivity(0.9))
    np.testing.assert_array_equal(steps(scores).partial_auc(0.9), whole.partial_auc(0.9))


def test_weights_past_16_and_32_bits_are_summed_exactly():
    light, heavy = steps(SCORES["untied"]), steps(SCORES["untied"], WEIGHTS * 10_000_000)
    np.testing.assert_allclose(heavy.average_precision, light.average_precision, rtol=1e-12)
    np.testing.assert_allclose(heavy.partial_auc(0.9), light.partial_auc(0.9), rtol=1e-12)
