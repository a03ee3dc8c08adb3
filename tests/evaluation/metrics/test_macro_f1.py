import numpy as np
from sklearn import metrics

from evaluation.metrics.macro_f1 import MacroF1
from tests.evaluation.test_class_evidence import CHOSEN, TRUTH, values


def test_it_is_the_figure_of_scikit_learn_for_all_classes_together():
    found = values(MacroF1())
    assert found.shape == (3, 1)
    np.testing.assert_allclose(
        found[0], metrics.f1_score(TRUTH, CHOSEN, average="macro"), rtol=1e-10
    )


def test_it_is_for_exclusive_classes():
    assert MacroF1.tasks == ("exclusive",)
