from types import SimpleNamespace

import numpy as np
import pytest

from errors import InvalidOption
from evaluation.conformal import Bounds
from evaluation.decisions import decide
from models.calibration import Calibration
from models.thresholds import by_validation, check_classes, choose

RNG = np.random.default_rng(0)
LABELS = (RNG.random((60, 3)) < 0.3).astype(np.float32)
PATIENTS = np.arange(60) // 2
LABELS[RNG.random(LABELS.shape) < 0.2] = np.nan
# Rounded, so that many images share a score.
SCORES = np.round(np.nan_to_num(LABELS) * 0.2 + RNG.random(LABELS.shape) * 0.8, 1).astype(
    np.float32
)


def f1_at(thresholds):
    return decide(LABELS, SCORES, thresholds).f1


def test_no_other_threshold_has_a_better_f1():
    best = f1_at(choose(LABELS, SCORES, "f1"))
    for threshold in np.unique(SCORES):
        assert (best >= f1_at(np.full(3, threshold))).all()


@pytest.mark.parametrize("least", [0.5, 0.8, 1.0])
def test_recall_is_reached_and_a_higher_threshold_would_miss_it(least):
    chosen = choose(LABELS, SCORES, "recall", least)
    higher = np.array([min(s for s in (*SCORES[:, k], 2) if s > chosen[k]) for k in range(3)])
    assert (decide(LABELS, SCORES, chosen).recall >= least).all()
    assert (decide(LABELS, SCORES, higher).recall < least).all()


def test_four_of_five_is_a_recall_of_four_fifths():
    scores = np.array([[0.9], [0.8], [0.7], [0.6], [0.1]], np.float32)
    assert choose(np.ones((5, 1)), scores, "recall", 0.8) == np.float32(0.6)


def test_a_label_without_a_positive_has_no_threshold():
    labels = np.array([[0, 1], [np.nan, 0]])
    scores = np.array([[0.3, 0.6], [0.4, 0.2]], np.float32)
    np.testing.assert_array_equal(choose(labels, scores, "f1"), np.array([np.nan, 0.6], np.float32))


def test_thresholds_are_of_probabilities_that_the_same_images_calibrated():
    fitted = SimpleNamespace(predict_proba=lambda views: views**3)
    calibration, chosen, _ = by_validation(fitted, (SCORES, LABELS), PATIENTS, "f1")
    shown = Calibration.fit(LABELS, SCORES**3)(SCORES**3)
    np.testing.assert_array_equal(calibration(SCORES**3), shown)
    np.testing.assert_array_equal(chosen, choose(LABELS, shown, "f1"))


def test_bounds_are_of_calibrated_probabilities_by_patient():
    fitted = SimpleNamespace(predict_proba=lambda views: views**3)
    chosen = by_validation(fitted, (SCORES, LABELS), PATIENTS, "f1")
    expected = Bounds.of(LABELS, chosen.calibration(SCORES**3), PATIENTS)
    np.testing.assert_array_equal(chosen.bounds.lowest, expected.lowest)
    assert chosen.bounds.patients.max() <= 30


def test_unknown_rules_and_impossible_recalls_are_refused():
    with pytest.raises(InvalidOption, match="one of f1, recall; got 'f2'"):
        choose(LABELS, SCORES, "f2")
    with pytest.raises(InvalidOption, match=r"got 1\.2"):
        choose(LABELS, SCORES, "recall", 1.2)


def test_of_exclusive_classes_only_one_of_two_has_a_threshold():
    three, two = np.eye(3)[[0, 1, 2, 0]], np.eye(2)[[0, 1, 1, 0], :1]
    patients = np.arange(4)
    of_three, of_two = Said(three * 0.5 + 0.1), Said(two * 0.5 + 0.1)
    several = by_validation(of_three, (None, three), patients, "f1", classes="ABC").thresholds
    one = by_validation(of_two, (None, two), patients, "f1", classes="AB").thresholds
    assert np.isnan(several).all()
    np.testing.assert_array_equal(one, [0.5])


def test_a_rule_for_thresholds_has_no_place_where_the_most_probable_class_is_chosen():
    check_classes("recall", ())
    check_classes("f1", ("A", "B"))
    with pytest.raises(InvalidOption, match="--thresholds is for independent labels"):
        check_classes("recall", ("A", "B"))


class Said:
    """A classifier that always gives the same probabilities."""

    def __init__(self, probabilities):
        self.predict_proba = lambda views: probabilities
