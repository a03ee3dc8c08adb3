import numpy as np
from sklearn import metrics

from evaluation.metrics.one_vs_one_auc import OneVsOneAuc
from tests.evaluation.test_class_evidence import PROBABILITIES, TRUTH, values


def test_it_is_that_of_scikit_learn():
    expected = metrics.roc_auc_score(TRUTH, PROBABILITIES, multi_class="ovo")
    np.testing.assert_allclose(values(OneVsOneAuc())[0], expected, rtol=1e-10)
