import numpy as np
import pytest
from sklearn.metrics import roc_auc_score, roc_curve

import evaluation.metrics
import registry
from evaluation.measures import measures

RNG = np.random.default_rng(sum(map(ord, "operating points")))
LABELS = (RNG.random((200, 2)) < 0.3).astype(float)
SCORES = RNG.random(LABELS.shape) + LABELS / 3
NAMES = [
    f"{pair}_{percent}"
    for pair in ("sensitivity_at_specificity", "specificity_at_sensitivity")
    for percent in (90, 95)
]


def values(name):
    model = measures(LABELS, SCORES, np.arange(200), (), np.ones(2))
    return registry.load(evaluation.metrics, name)().values(model.evidence(np.ones((200, 1), int)))[
        0
    ]


@pytest.mark.parametrize("name", NAMES)
def test_it_is_the_best_threshold_of_scikit_learns_roc_curve(name):
    least = int(name[-2:]) / 100
    expected = []
    for true, scores in zip(LABELS.T, SCORES.T, strict=True):
        fpr, tpr, _ = roc_curve(true, scores, drop_intermediate=False)
        wanted, given = (tpr, 1 - fpr) if name.startswith("sens") else (1 - fpr, tpr)
        expected.append(wanted[given >= least - 1e-12].max())
    np.testing.assert_allclose(values(name), [np.mean(expected), *expected], rtol=1e-10)


def test_the_partial_auc_is_that_of_scikit_learn():
    columns = zip(LABELS.T, SCORES.T, strict=True)
    expected = [roc_auc_score(*column, max_fpr=0.1) for column in columns]
    np.testing.assert_allclose(values("partial_auc"), [np.mean(expected), *expected], rtol=1e-10)
