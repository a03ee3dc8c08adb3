"""The plan of a comparison: its trainings, what they take, and how to get an answer sooner."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import NamedTuple

from datasets.sources import counted
from display import time_of
from pipelines.command_options import Compare
from pipelines.comparing.candidates import Candidate
from progress import size_of

# From so many seconds on, the plan says how to get an answer sooner.
LONG = 300


class Planned(NamedTuple):
    """A candidate, a split counted from 0, a seed, and the file where the training is kept."""

    candidate: Candidate
    split: int
    seed: int
    path: Path


@dataclass(frozen=True)
class RunPlan:
    """The trainings in their order, and the seconds that one of each candidate takes by its key.

    There are no seconds where the whole run is shorter than a trial of it.
    """

    trainings: Sequence[Planned]
    options: Compare
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def to_do(self) -> list[Planned]:
        """The trainings that no earlier run has left."""
        return [each for each in self.trainings if not each.path.is_file()]

    @property
    def estimate(self) -> float:
        """The seconds that all trainings to do take."""
        return sum(self.seconds.get(each.candidate.key, 0) for each in self.to_do)

    def where(self, planned: Planned) -> str:
        """A training by its candidate, fold and seed, without those that are the only one."""
        folds, seeds = self.options.folds, self.options.seeds
        parts = [planned.candidate.name]
        parts += [f"fold {planned.split + 1} of {folds}"] * bool(folds)
        parts += [f"seed {planned.seed}"] * (seeds > 1)
        return ", ".join(parts)


def planned(
    everyone: Sequence[Candidate], splits: Sequence[str], folder: Path, options: Compare
) -> RunPlan:
    """The trainings of all candidates on splits, whose files begin with these names."""
    seeds = range(options.seed, options.seed + options.seeds)
    return RunPlan(
        [
            Planned(each, number, seed, folder / f"{name}-{seed}-{each.key}.npz")
            for number, name in enumerate(splits)
            for each in everyone
            for seed in seeds
        ],
        options,
    )


def announced(candidates: Sequence[Candidate], n_splits: int, options: Compare) -> str:
    """How many trainings there are, before any feature is known."""
    controls = sum(each.control for each in candidates)
    kinds = [counted(len(candidates) - controls, "classifier")]
    kinds += [counted(controls, "control")] * bool(controls)
    factors = n_splits, len(candidates) + 1, options.seeds
    return (
        f"plan: {counted(n_splits, 'split')} × {factors[1]} models ({', '.join(kinds)} and the"
        f" metadata-only baseline) × {counted(options.seeds, 'seed')}:"
        f" {counted(prod(factors), 'training')}"
    )


def forecast(plan: RunPlan, memory: float) -> Iterator[str]:
    """What is kept from an earlier run, and what the rest takes, as far as that is known."""
    kept = len(plan.trainings) - len(plan.to_do)
    if kept:
        yield f"--resume keeps {kept:,} of {len(plan.trainings):,} trainings"
    if not plan.estimate:
        return
    yield (
        f"{counted(len(plan.to_do), 'training')} will take about {time_of(plan.estimate)} and"
        f" {size_of(memory)} of memory, by a short trial of each classifier"
    )
    ways = [f"{flags} takes about {time_of(seconds)}" for flags, seconds in sooner(plan)]
    if plan.estimate >= LONG and ways:
        yield f"for an answer sooner: {', '.join(ways)}"


def sooner(plan: RunPlan) -> Iterator[tuple[str, float]]:
    """Flags that leave out some of the trainings, and the seconds that the others take."""
    options, whole = plan.options, plan.estimate
    if options.seeds > 1:
        yield "--seeds 1", whole / options.seeds
    if options.folds > 2:
        yield "--folds 2", whole * 2 / options.folds
    others = [name for name in options.classifying if name != options.baseline]
    if len(others) > 1:
        costs = {name: _cost(plan, [options.baseline, name]) for name in others}
        least = min(costs, key=lambda name: costs[name])
        yield f"--classifiers {options.baseline},{least}", costs[least]


def _cost(plan: RunPlan, names: Sequence[str]) -> float:
    """The seconds of the trainings of these classifiers and of their controls."""
    return sum(
        plan.seconds.get(each.candidate.key, 0)
        for each in plan.to_do
        if each.candidate.classifier in names
    )
