"""One bar for all trainings of a comparison, with the time left by what they have taken so far."""

import time
from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from display import Bar, time_of
from pipelines.comparing.run_plan import Planned, RunPlan


@dataclass(eq=False)
class RunBar(Bar):
    """The trainings that are left; each candidate's take as long as its own took until now.

    Before one is done, an estimate counts, and without an estimate the mean of the others.
    """

    left: list[Planned] = field(default_factory=list)
    estimates: dict[str, float] = field(default_factory=dict)
    taken: dict[str, list[float]] = field(default_factory=dict)
    since: float = field(default_factory=time.monotonic)

    @classmethod
    def of(cls, plan: RunPlan) -> "RunBar":
        """The bar of a plan before its first training."""
        count = len(plan.all)
        return cls("compare", count, "trainings", left=plan.to_do, estimates=plan.seconds)

    @classmethod
    def of_tuning(cls, plan: RunPlan) -> "RunBar":
        """The bar of the trials of `--tune` and the trainings after them, before the first."""
        count, left = len(plan.all_tuning), plan.to_tune
        return cls("tune", count, "trials", left=left, estimates=plan.seconds)

    def skip(self, planned: Planned) -> None:
        """Count work as done that need not be done, if it has not been counted yet."""
        if planned in self.left:
            self.left.remove(planned)
            self.advance()

    def finish(self, planned: Planned) -> None:
        """Count a training as done, with the time since the last one if it was not kept.

        Averages come with a training that has been counted.
        """
        if planned.candidate.averaged:
            return
        now = time.monotonic()
        if planned in self.left:
            self.left.remove(planned)
            self.taken.setdefault(planned.candidate.classifier, []).append(now - self.since)
        self.since = now
        self.advance()

    @property
    def seconds_left(self) -> float | None:
        """How long the trainings that are left take; None before anything is known."""
        if self.left and not (self.taken or self.estimates):
            return None
        going_on = time.monotonic() - self.since
        return max(sum(map(self._expected, self.left)) - going_on, 0.0)

    def _expected(self, planned: Planned) -> float:
        """Seconds of one training: the mean of those done, or the estimate."""
        done = self.taken.get(planned.candidate.classifier)
        if done or planned.candidate.key not in self.estimates:
            return float(np.mean(done or [*chain.from_iterable(self.taken.values())]))
        return self.estimates[planned.candidate.key]

    def how_far(self) -> str:
        """How many trainings are done, and how long the rest takes."""
        left = self.seconds_left
        spoken = "no estimate yet" if left is None else f"{time_of(left)} left"
        return f"{self.done:,.0f} of {self.total:,.0f} {self.unit}, {spoken}"

    @property
    def share(self) -> float:
        """The share of the whole time that has passed."""
        left = self.seconds_left
        if left is None:
            return 0.0
        return self.seconds / max(self.seconds + left, 1e-9)
