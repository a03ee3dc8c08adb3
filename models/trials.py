"""Trials of a search: a training on inner training images, scored on inner validation images."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from models import halving
from models.classifier import Classifier, validation_auc
from models.halving import Rungs
from models.plain_arrays import Labelled
from models.search_space import Chosen
from models.training_history import histories
from models.views import Views


class Outcome(NamedTuple):
    """Macro AUC on inner validation images (NaN if stopped), the validation AUC at each rung,
    whether it was stopped early, and its seconds."""

    value: float
    rungs: Rungs
    stopped: bool
    seconds: float


class Trial(NamedTuple):
    """Settings and what they reached."""

    chosen: Chosen
    outcome: Outcome


@dataclass(frozen=True)
class Inner:
    """The training images of a split, and its validation images, by which a training stops.

    Each mask of `held` marks inner validation images among the training images of `patients` (n,).
    """

    views: Views
    labels: np.ndarray
    patients: np.ndarray
    validation: Labelled
    held: Sequence[np.ndarray]
    exclusive: bool = False

    def fit(self, classifier: Classifier, which: np.ndarray) -> None:
        """Fit a classifier to some of the training images."""
        classifier.fit(
            self.views.select(which),
            self.labels[which],
            validation=self.validation,
            patients=self.patients[which],
            reported=True,
            exclusive=self.exclusive,
        )


def tried(make: Callable[[], Classifier], inner: Inner, least: Rungs) -> Outcome:
    """The outcome of a classifier's trainings without the inner validation images.

    It is trained as it is for the test images: what stops a training, or chooses within it, is
    the validation set of the split. The first training that falls short ends the trial.
    """
    started, values, rungs = time.monotonic(), [], {}
    for place, held in enumerate(inner.held):
        made = make().stop_below(least if not place else {})
        inner.fit(made, ~held)
        if not place:
            rungs = _rungs(made)
            if _stopped(made, least):
                return Outcome(float("nan"), rungs, True, time.monotonic() - started)
        probabilities = made.predict_proba(inner.views.select(held))
        values.append(validation_auc(inner.labels[held], probabilities))
    return Outcome(float(np.mean(values)), rungs, False, time.monotonic() - started)


def best(trials: Sequence[Trial]) -> Trial:
    """The trial with the highest inner AUC; of equal ones the first, which are the defaults."""
    done = [each for each in trials if not each.outcome.stopped]
    return max(done, key=lambda each: each.outcome.value)


def _rungs(made: Classifier) -> Rungs:
    """The validation AUC at each rung; {} for what is no single network."""
    own = getattr(made, "history_", None)
    return {} if own is None else halving.reached(own, made.get_params()["epochs"])


def _stopped(made: Classifier, least: Rungs) -> bool:
    return any(halving.falls_short(each, least) for each in histories(made).values())
