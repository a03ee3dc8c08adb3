"""A search for the best settings by Optuna (TPE), whose finished trials are kept in SQLite.

This file alone imports Optuna, which is optional.
"""

import sqlite3
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from errors import InvalidOption
from models.halving import LEAST_TRIALS
from models.search_space import Chosen, OneOf, Range, Real, Space
from models.trials import Outcome, Trial

try:
    import optuna
except ImportError as error:
    raise InvalidOption(
        "--tune needs Optuna; it is not installed. Type pip install optuna, or leave --tune out."
    ) from error

FILE = "trials.sqlite"
# Attributes of a trial in the study.
STOPPED, SECONDS = "stopped", "seconds"
# Trials drawn at random before the sampler models them, no fewer than those without a limit.
RANDOM = max(6, LEAST_TRIALS)

optuna.logging.set_verbosity(optuna.logging.ERROR)


class Connection(sqlite3.Connection):
    """A connection that leaves it to the system when data reach the disk.

    A killed process loses nothing by that, and a trial takes no longer where a disk is busy.
    """

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.execute("PRAGMA synchronous=OFF")


class Studies:
    """The searches of a run in one SQLite file, or in memory without a folder."""

    def __init__(self, folder: Path | None = None) -> None:
        self._storage: Any = None
        if folder:
            self._storage = optuna.storages.RDBStorage(
                f"sqlite:///{folder / FILE}",
                engine_kwargs={"connect_args": {"factory": Connection}},
            )

    def study(self, name: str, space: Space, default: Chosen, seed: int) -> "Study":
        """The search with this name, continued if the file has trials of it."""
        kept = None
        if self._storage:
            kept = optuna.create_study(
                storage=self._storage, study_name=name, direction="maximize", load_if_exists=True
            )
        return Study(kept, space, default, seed)


class Study:
    """A search over a space: its default settings come first, then those that TPE proposes.

    What is proposed depends on the seed and the finished trials alone, so a killed search goes on
    as it would have gone on.
    """

    def __init__(self, kept: Any, space: Space, default: Chosen, seed: int) -> None:
        self.space, self.default, self.seed = space, default, seed
        self._kept = kept
        self._distributions = {name: _distribution(each) for name, each in space.items()}
        # Finished trials alone reach the file, each as a whole.
        self._study = optuna.create_study(direction="maximize")
        self._study.add_trials(kept.get_trials() if kept else [])
        self._asked: deque[Any] = deque()

    @property
    def trials(self) -> list[Trial]:
        """The finished trials, in their order."""
        return [
            Trial(self._chosen(each.params), _outcome(each))
            for each in self._study.get_trials(deepcopy=False)
            if each.state.is_finished()
        ]

    def ask(self) -> Chosen:
        """The settings of the next trial; the first ones may be asked for before others finish."""
        number = len(self._study.get_trials(deepcopy=False))
        if not number:
            given = {name: self._typed(name, value) for name, value in self.default.items()}
            self._study.enqueue_trial(given)
        seed = int(np.random.SeedSequence([self.seed, number]).generate_state(1)[0])
        self._study.sampler = optuna.samplers.TPESampler(n_startup_trials=RANDOM, seed=seed)
        self._asked.append(self._study.ask(self._distributions))
        return self._chosen(self._asked[-1].params)

    def tell(self, outcome: Outcome) -> None:
        """Finish the trial that was asked for first of those not finished."""
        asked = self._asked.popleft()
        for rung, value in outcome.rungs.items():
            asked.report(value, rung)
        asked.set_user_attr(STOPPED, outcome.stopped)
        asked.set_user_attr(SECONDS, outcome.seconds)
        if outcome.stopped:
            self._study.tell(asked, state=optuna.trial.TrialState.PRUNED)
        else:
            self._study.tell(asked, outcome.value)
        if self._kept:
            self._kept.add_trial(self._study.get_trials()[asked.number])

    def _typed(self, name: str, value: Any) -> Any:
        """A value as the study keeps it: one of several by its text."""
        return repr(value) if isinstance(self.space[name], OneOf) else value

    def _chosen(self, params: Chosen) -> Chosen:
        """The values of a trial, in the order of the space."""
        return {name: _value(each, params[name]) for name, each in self.space.items()}


def _distribution(each: Range) -> Any:
    if isinstance(each, OneOf):
        return optuna.distributions.CategoricalDistribution([*map(repr, each.values)])
    if isinstance(each, Real):
        return optuna.distributions.FloatDistribution(each.low, each.high, log=each.log)
    return optuna.distributions.IntDistribution(each.low, each.high)


def _value(each: Range, kept: Any) -> Any:
    if not isinstance(each, OneOf):
        return kept
    texts: Sequence[str] = [*map(repr, each.values)]
    return each.values[texts.index(kept)]


def _outcome(trial: Any) -> Outcome:
    stopped = bool(trial.user_attrs[STOPPED])
    value = float("nan") if stopped else float(trial.value)
    seconds = float(trial.user_attrs[SECONDS])
    return Outcome(value, dict(trial.intermediate_values), stopped, seconds)
