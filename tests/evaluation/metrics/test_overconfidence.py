import numpy as np

from evaluation.metrics.overconfidence import Overconfidence
from tests.evaluation.test_class_evidence import CHOSEN, PROBABILITIES, TRUTH, values


def test_it_is_mean_confidence_less_accuracy():
    expected = PROBABILITIES.max(axis=1).mean() - np.mean(TRUTH == CHOSEN)
    np.testing.assert_allclose(values(Overconfidence())[0], expected, rtol=1e-10)


def test_less_of_it_is_better():
    assert not Overconfidence.higher_is_better
