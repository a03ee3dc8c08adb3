import numpy as np
import pytest
from sklearn.metrics import average_precision_score

import evaluation.metrics
import registry
from evaluation.measures import measures

RNG = np.random.default_rng(sum(map(ord, "thirds")))
LABELS = (RNG.random((90, 5)) < 0.4).astype(float)
SCORES = RNG.random(LABELS.shape)
# Of 5 labels, the first two thirds have one more.
COMMON = np.array([10, 50, 30, 20, 40])
THIRDS = {"map_head": [1, 4], "map_medium": [2, 3], "map_tail": [0]}


def evidence(n_labels=5):
    own = LABELS[:, :n_labels], SCORES[:, :n_labels], np.arange(90), (), COMMON[:n_labels]
    return measures(*own).evidence(np.ones((90, 1), int))


@pytest.mark.parametrize("name", THIRDS)
def test_it_is_the_mean_over_its_third_by_training_positives(name):
    metric = registry.load(evaluation.metrics, name)()
    assert np.flatnonzero(metric.members(evidence())).tolist() == sorted(THIRDS[name])
    expected = average_precision_score(LABELS[:, THIRDS[name]], SCORES[:, THIRDS[name]])
    assert metric.values(evidence())[0, 0] == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("name", THIRDS)
def test_two_labels_have_no_thirds(name):
    assert not registry.load(evaluation.metrics, name)().members(evidence(2)).any()
