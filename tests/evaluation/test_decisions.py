import numpy as np
import pytest
from sklearn import metrics

from errors import InvalidOption
from evaluation.decisions import decide

RNG = np.random.default_rng(sum(map(ord, "decisions")))
LABELS = (RNG.random((200, 3)) < 0.3).astype(float)
SCORES = RNG.random((200, 3))
THRESHOLDS = np.array([0.5, 0.2, 0.9])


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("precision", metrics.precision_score),
        ("recall", metrics.recall_score),
        ("f1", metrics.f1_score),
    ],
)
def test_figures_are_those_of_sklearn(name, reference):
    expected = reference(LABELS, SCORES >= THRESHOLDS, average=None)
    np.testing.assert_allclose(getattr(decide(LABELS, SCORES, THRESHOLDS), name), expected)


def test_confusion_is_that_of_sklearn():
    found = decide(LABELS, SCORES, THRESHOLDS)
    for label, threshold in enumerate(THRESHOLDS):
        matrix = metrics.confusion_matrix(LABELS[:, label], SCORES[:, label] >= threshold)
        assert matrix.tolist() == [
            [found.true_negatives[label], found.false_positives[label]],
            [found.false_negatives[label], found.true_positives[label]],
        ]
        assert found.specificity[label] == pytest.approx(matrix[0, 0] / matrix[0].sum())


def test_a_score_at_its_threshold_is_positive():
    assert decide(np.ones((1, 1)), np.full((1, 1), 0.3), np.array([0.3])).true_positives == 1


def test_images_that_do_not_report_a_label_do_not_count():
    found = decide(np.array([[np.nan], [1.0]]), np.ones((2, 1)), np.array([0.5]))
    assert np.ravel([*vars(found).values()]).tolist() == [1, 0, 0, 0]


def test_images_with_thresholds_of_their_own_add_up():
    own = np.where(np.arange(200)[:, None] < 80, THRESHOLDS, THRESHOLDS[::-1])
    parts = decide(LABELS[:80], SCORES[:80], own[0]), decide(LABELS[80:], SCORES[80:], own[80])
    whole = decide(LABELS, SCORES, own)
    for name, counts in vars(whole).items():
        assert counts.tolist() == sum(getattr(part, name) for part in parts).tolist()


def test_images_without_a_threshold_do_not_count():
    found = decide(np.ones((2, 1)), np.ones((2, 1)), np.array([[np.nan], [0.5]]))
    assert np.ravel([*vars(found).values()]).tolist() == [1, 0, 0, 0]


def test_what_has_no_denominator_is_unknown_and_not_0():
    found = decide(np.zeros((2, 1)), np.zeros((2, 1)), np.array([0.5]))
    assert np.isnan([found.precision, found.recall, found.f1]).all()
    assert found.specificity == 1


def test_every_label_needs_its_threshold():
    with pytest.raises(InvalidOption, match=r"3 labels came with thresholds of shape \(2,\)"):
        decide(LABELS, SCORES, np.array([0.5, 0.5]))
