"""The plan of a comparison: its trainings, what they take, and how to get an answer sooner."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import NamedTuple

from datasets.image_change import acquisitions
from datasets.inner_splits import SHARE
from datasets.sources import counted
from display import time_of
from pipelines import word_settings
from pipelines.augmented_tests import NOT_AUGMENTED, Augmented
from pipelines.command_options import Compare
from pipelines.comparing.candidates import Candidate, averaged, sees_changes
from progress import size_of

# From so many seconds on, the plan says how to get an answer sooner.
LONG = 300


class Planned(NamedTuple):
    """A candidate, a split counted from 0, a seed, and the file where the training is kept.

    A trial of `--tune` is kept in the study of the run; its file is that of the training that
    follows it.
    """

    candidate: Candidate
    split: int
    seed: int
    path: Path
    # The number of a trial, from 1; 0: a training.
    trial: int = 0


@dataclass(frozen=True)
class RunPlan:
    """The trainings in their order, and the seconds that one of each candidate takes by its key.

    `tuning` are the trials of settings, and the trainings that follow them. Both hold averages over
    augmented images, which are no trainings: others give them beside. There are no seconds where
    the whole run is shorter than a trial of it.
    """

    trainings: Sequence[Planned]
    options: Compare
    seconds: dict[str, float] = field(default_factory=dict)
    tuning: Sequence[Planned] = ()

    @property
    def to_do(self) -> list[Planned]:
        """The trainings that no earlier run has left, but for those of tuning."""
        return [each for each in self.all if not each.path.is_file()]

    @property
    def all(self) -> list[Planned]:
        """The trainings, without averages."""
        return [each for each in self.trainings if not each.candidate.averaged]

    @property
    def to_tune(self) -> list[Planned]:
        """The trials and trainings of tuning that no earlier run has left."""
        return [each for each in self.all_tuning if not each.path.is_file()]

    @property
    def all_tuning(self) -> list[Planned]:
        """The trials and trainings of tuning, without averages."""
        return [each for each in self.tuning if not each.candidate.averaged]

    @property
    def estimate(self) -> float:
        """The seconds that all trainings and trials to do take."""
        return sum(map(self.cost, self.whole))

    @property
    def whole(self) -> list[Planned]:
        """All that is to do: trainings, then trials and the trainings that follow them."""
        return [*self.to_do, *self.to_tune]

    def cost(self, planned: Planned) -> float:
        """The seconds of one training, or of a trial at most."""
        return self.seconds.get(planned.candidate.key, 0) * _size(planned, self.options)

    def beside(self, planned: Planned) -> Path | None:
        """Where the same training keeps averages over augmented images, if they are asked for."""
        twin = averaged(planned.candidate).key, planned.split, planned.seed
        places = (
            each.path
            for each in (self.tuning if planned in self.tuning else self.trainings)
            if each.candidate.averaged and (each.candidate.key, each.split, each.seed) == twin
        )
        return next(places, None)

    def averaging(self, planned: Planned, augmented: Augmented) -> Augmented:
        """The versions that a training averages over and where it keeps that, if it does, and the
        changed images that it predicts for."""
        beside = self.beside(planned)
        wanted = beside or planned.candidate.averaged
        changed = augmented.changed if sees_changes(planned.candidate) else ()
        if wanted:
            return augmented._replace(beside=beside, changed=changed)
        return NOT_AUGMENTED._replace(changed=changed) if changed else NOT_AUGMENTED

    def where(self, planned: Planned) -> str:
        """A training by its candidate, fold and seed, without those that are the only one."""
        folds, seeds = self.options.folds, self.options.seeds
        parts = [planned.candidate.name]
        parts += [f"fold {planned.split + 1} of {folds}"] * bool(folds)
        parts += [f"site {planned.split + 1}"] * self.options.leave_site_out
        parts += [f"seed {planned.seed}"] * (seeds > 1 and not planned.trial)
        parts += [f"trial {planned.trial} of {self.options.tune}"] * bool(planned.trial)
        return ", ".join(parts)


def planned(
    everyone: Sequence[Candidate], splits: Sequence[str], folder: Path, options: Compare
) -> RunPlan:
    """The trainings of all candidates on splits, whose files begin with these names."""
    seeds = range(options.seed, options.seed + options.seeds)

    def path(name: str, seed: int, key: str) -> Path:
        return folder / f"{name}-{seed}-{key}.npz"

    places = [(each, number, name) for number, name in enumerate(splits) for each in everyone]
    trainings = [
        Planned(each, number, seed, path(name, seed, each.key))
        for each, number, name in places
        for seed in seeds
    ]
    tuning = [
        Planned(each, number, seed, path(name, seed, f"{each.key}_tuned"), trial)
        for each, number, name in places
        for trial, seed in _trials_and_seeds(options, seeds)
        if not (trial and each.averaged)
    ]
    return RunPlan(trainings, options, tuning=tuning)


def _trials_and_seeds(options: Compare, seeds: Sequence[int]) -> list[tuple[int, int]]:
    """The trials with the first seed, then a training with each; [] without `--tune`."""
    if not options.tune:
        return []
    trials = [(trial, options.seed) for trial in range(1, options.tune + 1)]
    return [*trials, *((0, seed) for seed in seeds)]


def announced(candidates: Sequence[Candidate], n_splits: int, options: Compare) -> str:
    """How many trainings there are, before any feature is known."""
    trained = [each for each in candidates if not each.averaged]
    controls = sum(each.control for each in trained)
    kinds = [counted(len(trained) - controls, "classifier")]
    kinds += [counted(controls, "control")] * bool(controls)
    factors = n_splits, len(trained) + 1, options.seeds
    return (
        f"plan: {counted(n_splits, 'split')} × {factors[1]} models ({', '.join(kinds)} and the"
        f" metadata-only baseline) × {counted(options.seeds, 'seed')}:"
        f" {counted(prod(factors), 'training')}{_tuned(factors, options)}{_changed(options)}"
    )


def _tuned(factors: tuple[int, int, int], options: Compare) -> str:
    """What `--tune` adds to the plan."""
    if not options.tune:
        return ""
    searches, folds = factors[0] * factors[1], max(1, options.inner_folds)
    inner = f" in {folds} inner folds" * (folds > 1)
    words = word_settings.counted(options)
    features = f"; features of {words} for each split" if words else ""
    return (
        f"; then {counted(options.tune, 'trial')}{inner} for each model on each split:"
        f" {counted(searches * options.tune, 'trial')}, and {counted(prod(factors), 'training')}"
        f" with the chosen settings{features}"
    )


def _changed(options: Compare) -> str:
    """What `--robustness` adds to the plan."""
    if not options.robustness:
        return ""
    changes = acquisitions(options, options.seed)
    count = sum(map(len, changes.values()))
    return f"; {counted(count, 'changed version')} of each test image, too"


def forecast(plan: RunPlan, memory: float) -> Iterator[str]:
    """What is kept from an earlier run, and what the rest takes, as far as that is known."""
    kept = len(plan.all) - len(plan.to_do)
    if kept:
        yield f"--resume keeps {kept:,} of {len(plan.all):,} trainings"
    if not plan.estimate:
        return
    what = counted(len(plan.whole), "training") + " and trials" * bool(plan.tuning)
    yield (
        f"{what} will take about {time_of(plan.estimate)} and"
        f" {size_of(memory)} of memory, by a short trial of each classifier"
    )
    ways = [f"{flags} takes about {time_of(seconds)}" for flags, seconds in sooner(plan)]
    if plan.estimate >= LONG and ways:
        yield f"for an answer sooner: {', '.join(ways)}"


def sooner(plan: RunPlan) -> Iterator[tuple[str, float]]:
    """Flags that leave out some of the trainings, and the seconds that the others take."""
    options, whole = plan.options, plan.estimate
    if plan.tuning:
        yield "leaving out --tune", sum(map(plan.cost, plan.to_do))
    if options.seeds > 1:
        first = [each for each in plan.whole if each.seed == options.seed]
        yield "--seeds 1", sum(map(plan.cost, first))
    # The least: one fold to train on, one to validate on, one to test on.
    if options.folds > 3:
        yield "--folds 3", whole * 3 / options.folds
    others = [name for name in options.classifying if name != options.baseline]
    if len(others) > 1:
        costs = {name: _cost(plan, [options.baseline, name]) for name in others}
        least = min(costs, key=lambda name: costs[name])
        yield f"--classifiers {options.baseline},{least}", costs[least]


def _cost(plan: RunPlan, names: Sequence[str]) -> float:
    """The seconds of the trainings of these classifiers and of their controls."""
    return sum(plan.cost(each) for each in plan.whole if each.candidate.classifier in names)


def _size(planned: Planned, options: Compare) -> float:
    """How many trainings on all training images take as long as one of these."""
    if not planned.trial:
        return 1.0
    return options.inner_folds - 1 if options.inner_folds else 1 - SHARE
