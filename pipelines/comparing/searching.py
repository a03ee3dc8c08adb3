"""The search for settings on the training patients of a split, for `compare` and `train`."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import checks
from datasets.images import Images
from datasets.inner_splits import check_inner_folds, held_out
from features.extraction_plan import Crew
from features.settings import read_settings
from models import halving, trials
from models.classifier import Classifier
from models.named import plugin_name
from models.search_space import Chosen, OneOf, Space, spoken
from models.trials import Inner, Outcome, Trial
from models.views import Views
from pipelines import word_settings
from pipelines.command_options import Compare, Train
from progress import step

if TYPE_CHECKING:
    from models.optuna_study import Studies, Study


class Search(NamedTuple):
    """The trials of a model on one split, the default settings first; [] without a search space."""

    trials: Sequence[Trial]

    @property
    def chosen(self) -> Chosen:
        """The settings of the best trial that differ from the defaults."""
        if not self.trials:
            return {}
        best, default = trials.best(self.trials).chosen, self.trials[0].chosen
        return {name: value for name, value in best.items() if value != default[name]}


class Job(NamedTuple):
    """A search to do: how a model is made, what it learns from by some settings, and its study."""

    make: Callable[[], Classifier]
    inner: Callable[[Chosen], Inner]
    study: "Study"


# Called after each trial of a job, which it is given by its number.
Finish = Callable[[int], None]


def check(options: Train | Compare) -> None:
    """Refuse impossible numbers, and a search without the library that it needs."""
    checks.at_least("--tune", options.tune, 0)
    check_inner_folds(options.inner_folds)
    word_settings.check(options)
    if options.tune:
        # Its error comes before anything is computed.
        from models import optuna_study  # noqa: F401


def opened(folder: Path) -> "Studies":
    """The studies of a run, in a file in this folder."""
    from models.optuna_study import Studies

    return Studies(folder)


def free_space(made: Classifier, typed: str, settings: str) -> Space:
    """The search space of a classifier without what `--set` fixes."""
    fixed = read_settings(settings).get(plugin_name(typed), {})
    return {name: each for name, each in made.search_space.items() if name not in fixed}


def job_of(
    studies: "Studies",
    name: str,
    make: Callable[[], Classifier],
    space: Space,
    inner: Callable[[Chosen], Inner],
    words: Mapping[str, OneOf] = MappingProxyType({}),
) -> Job:
    """The search with this name, which starts from the settings that a model is made with.

    Of the settings of visual words it starts from the first of each.
    """
    made = make()
    default = {option: made.searched[option] for option in space}
    default |= {option: each.values[0] for option, each in words.items()}
    return Job(make, inner, studies.study(name, {**space, **words}, default, made.seed))


def inner_of(seen: Views, images: Images, n_folds: int, seed: int) -> Inner:
    """What a model sees of the training and validation images, with inner validation images."""
    train, validation = images.train, images.validation
    return Inner(
        views=seen.select(train),
        labels=images.labels[train],
        patients=images.patients[train],
        validation=(seen.select(validation), images.labels[validation]),
        held=held_out(images, n_folds, seed),
        exclusive=bool(images.classes),
    )


def run(jobs: Sequence[Job], count: int, finish: Finish, crew: Crew | None = None) -> None:
    """Do searches of so many trials, one after the other, or all at once by a crew.

    What a search proposes depends on its own trials alone, so the crew changes no result.
    """
    numbered = [*enumerate(jobs)]
    work: Any = partial(crew.results, named=_described) if crew else map
    for together in [numbered] if crew else [[each] for each in numbered]:
        while _round(together, count, finish, work):
            pass


class Asked(NamedTuple):
    """A trial to do: settings, what it must reach at each rung, and what it learns from."""

    make: Callable[[], Classifier]
    inner: Inner
    chosen: Chosen
    least: halving.Rungs


def _round(jobs: Sequence[tuple[int, Job]], count: int, finish: Finish, work: Any) -> bool:
    """The next trials of each job that lacks some; whether there were any."""
    waiting = [(number, job) for number, job in jobs for _ in range(_next(job, count))]
    asked = (_asked(job) for _, job in waiting)
    for (number, job), outcome in zip(waiting, work(_tried, asked), strict=True):
        job.study.tell(outcome)
        finish(number)
    return bool(waiting)


def _next(job: Job, count: int) -> int:
    """How many trials can be asked for at once: the first ones do not depend on each other."""
    done = len(job.study.trials)
    return min(count - done, max(1, halving.LEAST_TRIALS - done))


def _asked(job: Job) -> Asked:
    done = job.study.trials
    least = halving.limits([each.outcome.rungs for each in done])
    chosen = job.study.ask()
    return Asked(job.make, job.inner(chosen), chosen, least)


def _tried(asked: Asked) -> Outcome:
    step(spoken(asked.chosen))
    return trials.tried(partial(with_chosen, asked.make, asked.chosen), asked.inner, asked.least)


def with_chosen(make: Callable[..., Classifier], chosen: Chosen, *given: Any) -> Classifier:
    """A classifier as it is made, with those of the settings that are its own."""
    made = make(*given)
    own = made.search_space
    return made.with_chosen({name: value for name, value in chosen.items() if name in own})


def _described(asked: Asked) -> str:
    return f"a trial of {spoken(asked.chosen)}"
