import numpy as np
import pytest

from evaluation.auc import label_aucs, macro
from models import trials
from models.classifiers.logistic import Logistic
from models.training_history import HISTORY
from models.trials import Inner, Outcome, Trial
from models.views import Block, Views
from tests.models import made_up
from tests.models.searchable import Mixed

VIEWS, LABELS = made_up.labelled(120)
VALIDATION = made_up.labelled(60, seed=1)
PATIENTS = np.arange(120)
FIRST = np.arange(120) < 30
LATER = ~FIRST & (np.arange(120) < 60)


def test_a_trial_is_scored_on_the_images_that_it_does_not_learn_from():
    inner = Inner(VIEWS, LABELS, PATIENTS, VALIDATION, [FIRST])
    outcome = trials.tried(Logistic, inner, {})
    alone = Logistic().fit(VIEWS.select(~FIRST), LABELS[~FIRST], validation=VALIDATION)
    scores = alone.predict_proba(VIEWS.select(FIRST))
    assert outcome.value == pytest.approx(float(macro(label_aucs(LABELS[FIRST], scores))))
    assert (outcome.stopped, outcome.rungs) == (False, {})


def test_with_several_folds_it_has_their_mean():
    one, other = (
        trials.tried(Logistic, Inner(VIEWS, LABELS, PATIENTS, VALIDATION, [held]), {}).value
        for held in (FIRST, LATER)
    )
    both = trials.tried(Logistic, Inner(VIEWS, LABELS, PATIENTS, VALIDATION, [FIRST, LATER]), {})
    assert both.value == pytest.approx((one + other) / 2)


class Slow(Mixed):
    """It has a history, as networks have."""

    def stop_below(self, least):
        self.least = least
        return self

    def get_params(self, deep=True):
        return super().get_params(deep) | {"epochs": 16}

    def _learn(self, views, labels, validation):
        super()._learn(views, labels, validation)
        self.history_ = np.zeros(2, HISTORY)
        self.history_["validation_auc"] = 0.6


def test_a_trial_that_falls_short_is_stopped_and_has_no_score():
    one = Views({"net": Block(VIEWS.arrays["net"], "deep")})
    inner = Inner(one, LABELS, PATIENTS, (one, LABELS), [FIRST, LATER])
    outcome = trials.tried(Slow, inner, {2: 0.7})
    assert outcome.stopped
    assert np.isnan(outcome.value)
    assert outcome.rungs == {2: pytest.approx(0.6)}
    assert not trials.tried(Slow, inner, {2: 0.5}).stopped


def trial(value, stopped=False, **chosen):
    return Trial(chosen, Outcome(value, {}, stopped, 1.0))


def test_the_best_trial_has_the_highest_score_of_those_that_were_not_stopped():
    found = [trial(0.6, mix=1), trial(0.8, mix=2), trial(float("nan"), True, mix=3)]
    assert trials.best(found).chosen == {"mix": 2}


def test_of_equal_trials_the_defaults_are_kept():
    assert trials.best([trial(0.6, mix=1), trial(0.6, mix=2)]).chosen == {"mix": 1}
