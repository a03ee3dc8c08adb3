import numpy as np

from evaluation.decisions import Decisions
from evaluation.metric import BOTH, PROBABILITIES, Evidence, Metric, no_label
from evaluation.roc_counts import roc_counts


class Cases(Metric):
    """The positives of each label."""

    title = "Cases"

    def by_label(self, evidence):
        return np.column_stack([each.positives for each in evidence.curves])


class Certain(Cases):
    """A figure without labels."""

    def by_label(self, evidence):
        return no_label(evidence)

    def overall(self, evidence, by_label):
        return np.full(len(by_label), 7.0)


def evidence():
    labels = np.array([[1.0, 0], [1, 1], [0, 0]])
    rankings = [roc_counts(column, np.arange(3) / 3, np.arange(3), 3) for column in labels.T]
    counts = Decisions(*np.array([[[2.0, 1]], [[1, 1]], [[0, 0]], [[0, 1]]]))
    weights = np.array([[1, 2], [1, 0], [1, 1]])
    return Evidence(tuple(each.steps(weights) for each in rankings), counts, np.array([2, 1]))


def test_the_overall_figure_is_the_mean_of_the_labels_and_comes_first():
    np.testing.assert_array_equal(Cases().values(evidence()), [[1.5, 2, 1], [1, 2, 0]])


def test_a_figure_of_all_labels_together_has_one_column():
    np.testing.assert_array_equal(Certain().values(evidence()), [[7], [7]])


def test_without_skill_as_many_images_are_called_positive():
    decided = evidence().without_skill.decided
    np.testing.assert_allclose(decided.true_positives + decided.false_positives, [[3, 2]])
    np.testing.assert_allclose(decided.true_positives, [[2, 2 / 3]])


def test_a_metric_is_for_both_tasks_and_needs_probabilities_unless_it_says_so():
    assert (Metric.needs, Metric.tasks, Metric.higher_is_better) == (PROBABILITIES, BOTH, True)


def test_it_is_about_all_labels_unless_it_says_so():
    assert Cases().members(evidence()).tolist() == [True, True]
