import numpy as np
import pytest
from sklearn.metrics import class_likelihood_ratios, confusion_matrix, f1_score, precision_score
from sklearn.metrics import recall_score as recall

import evaluation.metrics
import registry
from evaluation.measures import measures

RNG = np.random.default_rng(sum(map(ord, "at thresholds")))
LABELS = (RNG.random((80, 3)) < 0.4).astype(float)
SCORES = RNG.integers(0, 9, LABELS.shape) / 9
THRESHOLDS = np.array([3, 5, 7]) / 9
OWNERS = np.arange(80) // 2
WEIGHTS = RNG.integers(0, 3, (40, 4))
ORACLES = {
    "sensitivity": recall,
    "specificity": lambda *of, **more: recall(*of, pos_label=0, **more),
    "ppv": precision_score,
    "npv": lambda *of, **more: precision_score(*of, pos_label=0, **more),
    "f1": f1_score,
    "positive_likelihood_ratio": lambda *of, **more: class_likelihood_ratios(*of, **more)[0],
    "negative_likelihood_ratio": lambda *of, **more: class_likelihood_ratios(*of, **more)[1],
}
each = pytest.mark.parametrize("name", ORACLES)


def evidence(weights=WEIGHTS, thresholds=THRESHOLDS):
    return measures(LABELS, SCORES, OWNERS, (), np.ones(3), thresholds).evidence(weights)


def metric(name):
    return registry.load(evaluation.metrics, name)()


@each
def test_it_is_that_of_scikit_learn_under_any_weights(name):
    found = metric(name).by_label(evidence())
    for values, column in zip(found, WEIGHTS.T, strict=True):
        expected = [
            ORACLES[name](true, scores >= threshold, sample_weight=column[OWNERS])
            for true, scores, threshold in zip(LABELS.T, SCORES.T, THRESHOLDS, strict=True)
        ]
        np.testing.assert_allclose(values, expected, rtol=1e-10)


@each
def test_without_skill_it_is_the_mean_over_shuffled_decisions(name):
    once = evidence(np.ones((40, 1), int))
    chance = metric(name).prevalence_only(once)[0, 1:]
    called = SCORES >= THRESHOLDS
    shuffled = [RNG.permuted(called, axis=0) for _ in range(100)]
    counts = np.mean(
        [
            [confusion_matrix(*pair).ravel() for pair in zip(LABELS.T, one.T, strict=True)]
            for one in shuffled
        ],
        axis=0,
    )
    rejected, false, missed, found = counts.T
    expected = {
        "sensitivity": found / (found + missed),
        "specificity": rejected / (rejected + false),
        "ppv": found / (found + false),
        "npv": rejected / (rejected + missed),
        "f1": 2 * found / (2 * found + false + missed),
        "positive_likelihood_ratio": 1,
        "negative_likelihood_ratio": 1,
    }
    np.testing.assert_allclose(chance, expected[name] * np.ones(3), atol=0.03)


@each
def test_without_a_threshold_a_label_has_none(name):
    found = metric(name).by_label(evidence(thresholds=np.array([0.3, np.nan, 0.5])))
    assert np.isnan(found[:, 1]).all()


def test_a_ratio_is_infinite_where_no_negative_is_called_positive():
    perfect = measures(LABELS, LABELS, OWNERS, (), np.ones(3), np.full(3, 0.5))
    found = metric("positive_likelihood_ratio").by_label(perfect.evidence(WEIGHTS))
    assert np.isinf(found).all()


def test_ratios_have_a_geometric_mean_over_the_labels_that_have_one():
    found = metric("negative_likelihood_ratio").values(evidence())
    np.testing.assert_allclose(found[:, 0], np.exp(np.log(found[:, 1:]).mean(axis=1)))
