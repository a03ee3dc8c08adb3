"""What `--tune` chose and what it changed, as the `tuning` of report.json."""

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from evaluation.outcomes import RAISES
from reports.json_trees import OPTIONAL

Interval = list[float] | None


@dataclass(frozen=True)
class SplitSearch:
    """The search of a model on one split.

    `chosen` are the settings that differ from the defaults. Inner AUCs are on inner validation
    images, outer ones on the test images of the split; `trials` are the inner AUCs of all trials
    that were not stopped, the defaults first.
    """

    chosen: dict[str, Any]
    inner_auc: float
    default_inner_auc: float
    trials: list[float]
    stopped: int
    outer_auc: float | None = None
    default_outer_auc: float | None = None

    @property
    def optimism(self) -> float | None:
        """By how much the inner AUC exceeds the outer one."""
        return None if self.outer_auc is None else self.inner_auc - self.outer_auc


@dataclass(frozen=True)
class TunedModel:
    """The searches of a model on all splits, and its macro AUC over all test images by default
    settings and by the chosen ones. A model without a search space has no searches."""

    splits: list[SplitSearch]
    control: bool
    before: float | None
    before_ci: Interval
    after: float | None
    after_ci: Interval
    gain: float | None
    gain_ci: Interval

    @property
    def inner_auc(self) -> float | None:
        """The mean over splits of the inner AUC of the chosen settings."""
        return _mean([each.inner_auc for each in self.splits])

    @property
    def outer_auc(self) -> float | None:
        """The mean over splits of their macro AUC on the test images of the split."""
        return _mean([each.outer_auc for each in self.splits])

    @property
    def optimism(self) -> float | None:
        """The mean over splits of inner less outer AUC."""
        return _mean([each.optimism for each in self.splits])


@dataclass(frozen=True)
class TunedPair:
    """A model less the baseline, before tuning and after equal tuning of both."""

    model: str
    baseline: str
    control: bool
    before: float | None
    before_ci: Interval
    before_answer: str
    after: float | None
    after_ci: Interval
    after_answer: str

    @property
    def name(self) -> str:
        """`dual_input − cnn`."""
        return f"{self.model} − {self.baseline}"

    @property
    def verdict(self) -> str:
        """What equal tuning makes of a gain, as the end of a sentence."""
        before, after = (answer == RAISES for answer in (self.before_answer, self.after_answer))
        return {
            (True, True): "the gain survives equal tuning",
            (True, False): "the gain is no longer clear after equal tuning",
            (False, True): "there is a clear gain after equal tuning only",
            (False, False): "there is no clear gain before or after equal tuning",
        }[before, after]


@dataclass(frozen=True)
class Tuning:
    """The number of trials of each search, the inner folds, and what tuning changed."""

    trials: int
    inner_folds: int
    models: dict[str, TunedModel]
    comparisons: Annotated[list[TunedPair] | None, OPTIONAL] = None

    @property
    def pairs(self) -> list[TunedPair]:
        """The comparisons; [] where there is one model."""
        return self.comparisons or []

    @property
    def untuned(self) -> list[str]:
        """Models whose classifier declares no search space."""
        return [name for name, each in self.models.items() if not each.splits]


def _mean(values: list[Any]) -> float | None:
    known = [each for each in values if each is not None]
    return float(np.mean(known)) if known else None
