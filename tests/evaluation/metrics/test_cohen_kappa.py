import numpy as np
from sklearn import metrics

from evaluation.metrics.cohen_kappa import CohenKappa
from tests.evaluation.test_class_evidence import CHOSEN, TRUTH, values


def test_it_is_the_figure_of_scikit_learn_for_all_classes_together():
    found = values(CohenKappa())
    assert found.shape == (3, 1)
    np.testing.assert_allclose(found[0], metrics.cohen_kappa_score(TRUTH, CHOSEN), rtol=1e-10)


def test_it_is_for_exclusive_classes():
    assert CohenKappa.tasks == ("exclusive",)
