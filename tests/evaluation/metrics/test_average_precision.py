import numpy as np
from sklearn.metrics import average_precision_score

from evaluation.measures import measures
from evaluation.metrics.average_precision import AveragePrecision

RNG = np.random.default_rng(sum(map(ord, "average precision")))
LABELS = (RNG.random((60, 3)) < 0.4).astype(float)
SCORES = RNG.integers(0, 9, LABELS.shape) / 9


def values():
    model = measures(LABELS, SCORES, np.arange(60), (AveragePrecision(),), np.ones(3))
    return AveragePrecision().values(model.evidence(np.ones((60, 1), int)))[0]


def test_each_label_and_their_mean_are_those_of_scikit_learn():
    by_label = average_precision_score(LABELS, SCORES, average=None)
    macro = average_precision_score(LABELS, SCORES, average="macro")
    np.testing.assert_allclose(values(), [macro, *by_label], rtol=1e-10)
