import numpy as np

from models import halving
from models.training_history import HISTORY


def history(*aucs):
    rows = np.zeros(len(aucs), HISTORY)
    rows["validation_auc"] = aucs
    return rows


def test_trials_are_compared_after_an_eighth_a_quarter_and_half_of_the_epochs():
    assert halving.rungs(100) == [12, 25, 50]
    assert halving.rungs(20) == [2, 5, 10]
    assert halving.rungs(2) == [1]


def test_a_rung_has_the_best_auc_until_then():
    assert halving.reached(history(0.5, 0.7, 0.6), 16) == {2: np.float32(0.7)}


def test_the_better_half_of_the_trials_goes_on():
    earlier = [{12: 0.5}, {12: 0.6, 25: 0.7}, {12: 0.8, 25: 0.8}, {12: 0.7}]
    least = halving.limits(earlier)
    # Two of five trials, the new one among them, may go on; at 25 epochs there are too few.
    assert least == {12: 0.7}


def test_the_first_trials_always_go_on():
    assert halving.limits([{12: 0.9}] * (halving.LEAST_TRIALS - 1)) == {}


def test_a_training_falls_short_at_a_rung_alone():
    least = {2: 0.7}
    assert halving.falls_short(history(0.5, 0.6), least)
    assert not halving.falls_short(history(0.5, 0.75), least)
    assert not halving.falls_short(history(0.75, 0.6), least)
    assert not halving.falls_short(history(0.5), least)
    assert not halving.falls_short(history(0.5, 0.6, 0.6), least)
