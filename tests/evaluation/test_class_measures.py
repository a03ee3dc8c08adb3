import numpy as np
import pytest
from sklearn import metrics

from evaluation.class_measures import class_measures
from tests.evaluation.test_class_evidence import (
    LABELS,
    OWNERS,
    PROBABILITIES,
    TAKEN,
    TRUTH,
    WEIGHTS,
)


@pytest.fixture(scope="module")
def evidence():
    return class_measures(LABELS, PROBABILITIES, OWNERS)(WEIGHTS)


def test_the_one_vs_one_auc_is_that_of_scikit_learn(evidence):
    expected = [
        metrics.roc_auc_score(TRUTH[rows], PROBABILITIES[rows], multi_class="ovo") for rows in TAKEN
    ]
    np.testing.assert_allclose(evidence.one_vs_one_auc, expected, atol=1e-10)


def test_the_one_vs_one_auc_of_two_classes_is_their_auc():
    labels, scores = LABELS[:, :1], PROBABILITIES[:, :1]
    found = class_measures(labels, scores, OWNERS)(WEIGHTS).one_vs_one_auc
    expected = [metrics.roc_auc_score(labels[rows, 0], scores[rows, 0]) for rows in TAKEN]
    np.testing.assert_allclose(found, expected, atol=1e-10)


def test_a_class_without_images_has_no_pair():
    rows = TRUTH != 3
    found = class_measures(LABELS[rows], PROBABILITIES[rows], OWNERS[rows])(WEIGHTS)
    of_pairs = found.pair_aucs[0].reshape(4, 3)
    assert np.isnan(of_pairs[3]).all()
    assert np.isfinite(of_pairs[:3, :2]).all()
