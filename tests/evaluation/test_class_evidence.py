import itertools

import numpy as np
import pytest
from sklearn import metrics

from evaluation.class_measures import class_measures
from evaluation.measures import measures

RNG = np.random.default_rng(0)
N, C = 300, 4
OWNERS = RNG.integers(0, 60, N)
TRUTH = RNG.choice(C, N, p=(0.5, 0.3, 0.15, 0.05))
LABELS = np.eye(C)[TRUTH]
PROBABILITIES = RNG.dirichlet(np.ones(C), N) * 0.6 + 0.4 * LABELS[RNG.permutation(N)] * 0.5
PROBABILITIES = 0.7 * PROBABILITIES + 0.3 * LABELS
PROBABILITIES /= PROBABILITIES.sum(axis=1, keepdims=True)
CHOSEN = PROBABILITIES.argmax(axis=1)
# One replicate takes each patient once, the others some several times and some never.
WEIGHTS = np.column_stack([np.ones(60), RNG.integers(0, 3, (60, 2))]).astype(np.int16)
TAKEN = [np.repeat(np.arange(N), column[OWNERS]) for column in WEIGHTS.T]


@pytest.fixture(scope="module")
def evidence():
    return class_measures(LABELS, PROBABILITIES, OWNERS)(WEIGHTS)


def values(metric):
    """The values of a metric of exclusive classes in each replicate."""
    rest = PROBABILITIES, OWNERS, (metric,), np.ones(C)
    model = measures(LABELS, *rest, exclusive=True)
    return metric.values(model.evidence(WEIGHTS))


def by_loop(figure):
    """A figure of scikit-learn on the images of each replicate."""
    return [figure(TRUTH[rows], CHOSEN[rows]) for rows in TAKEN]


@pytest.mark.parametrize(
    ("name", "figure"),
    [
        ("accuracy", metrics.accuracy_score),
        ("balanced_accuracy", metrics.balanced_accuracy_score),
        ("macro_f1", lambda *pair: metrics.f1_score(*pair, average="macro")),
        ("kappa", metrics.cohen_kappa_score),
    ],
)
def test_figures_of_the_class_chosen_are_those_of_scikit_learn(evidence, name, figure):
    np.testing.assert_allclose(getattr(evidence, name), by_loop(figure), atol=1e-10)


def test_the_confusion_matrix_is_that_of_scikit_learn(evidence):
    np.testing.assert_array_equal(evidence.confusion, by_loop(metrics.confusion_matrix))


def test_overconfidence_is_mean_confidence_less_accuracy(evidence):
    confidence, right = PROBABILITIES.max(axis=1), TRUTH == CHOSEN
    expected = [confidence[rows].mean() - right[rows].mean() for rows in TAKEN]
    np.testing.assert_allclose(evidence.overconfidence, expected, atol=1e-10)


def test_without_skill_kappa_is_zero_and_balanced_accuracy_that_of_chance(evidence):
    chance = evidence.without_skill
    np.testing.assert_allclose(chance.kappa, 0, atol=1e-10)
    np.testing.assert_allclose(chance.balanced_accuracy, 1 / C, atol=1e-10)
    np.testing.assert_array_equal(chance.one_vs_one_auc, 0.5)
    np.testing.assert_allclose(chance.overconfidence, 0, atol=1e-10)


def test_without_skill_accuracy_is_that_of_choosing_as_often_at_random(evidence):
    pairs = itertools.product(TRUTH, CHOSEN)
    expected = np.mean([truth == chosen for truth, chosen in pairs])
    np.testing.assert_allclose(evidence.without_skill.accuracy[0], expected, atol=1e-10)
