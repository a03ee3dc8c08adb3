import numpy as np
from sklearn import metrics

from evaluation.metrics.balanced_accuracy import BalancedAccuracy
from tests.evaluation.test_class_evidence import CHOSEN, TRUTH, values


def test_it_is_the_figure_of_scikit_learn_for_all_classes_together():
    found = values(BalancedAccuracy())
    assert found.shape == (3, 1)
    np.testing.assert_allclose(found[0], metrics.balanced_accuracy_score(TRUTH, CHOSEN), rtol=1e-10)


def test_it_is_for_exclusive_classes():
    assert BalancedAccuracy.tasks == ("exclusive",)
