"""The figures of external data sets in a report, as frozen dataclasses; evaluation gives values."""

from dataclasses import dataclass, field
from typing import Annotated

from reports.cause_figures import Causes
from reports.json_trees import FLAT, OPTIONAL, Key
from reports.report_figures import Correction, Evaluated

Interval = list[float] | None


@dataclass(frozen=True)
class SharedLabel:
    """The external labels that a finding is made of, and why it is only nearly the same."""

    made_of: list[str]
    approximate: str


@dataclass(frozen=True)
class LabelDrop:
    """The AUC of a label inside and outside, and the first less the second."""

    inside: float | None
    outside: float | None
    drop: float | None
    ci: Interval
    p: float | None
    ci_missing: str | None


@dataclass(frozen=True, kw_only=True)
class Drop(LabelDrop):
    """What a model's macro AUC loses outside; `answer` is falls, rises, equivalent or inconclusive.

    `outside_of_one_fold` is the mean over folds of the AUC that the models of one fold have.
    """

    inside_ci: Interval
    outside_ci: Interval
    answer: str
    margin: float
    equivalence_p: float | None
    labels: dict[str, LabelDrop]
    outside_of_one_fold: float | None
    control: bool


@dataclass(frozen=True)
class SideGain:
    """The gain of a model over the baseline on one side, over the findings compared."""

    delta_macro_auc: float | None
    ci: Interval
    p: float | None
    ci_missing: str | None
    p_holm: float | None
    answer: str
    margin: float


@dataclass(frozen=True)
class GainDifference:
    """A gain inside less that outside; `answer` is shrinks, grows, equivalent or inconclusive."""

    model: str
    baseline: str
    inside: SideGain
    outside: SideGain
    gain_difference: float | None
    ci: Interval
    p: float | None
    ci_missing: str | None
    answer: str
    margin: float
    equivalence_p: float | None
    correction: Annotated[Correction | None, FLAT] = None

    @property
    def name(self) -> str:
        """`dual_input − cnn`."""
        return f"{self.model} − {self.baseline}"


@dataclass(frozen=True)
class Estimate:
    """A figure with its interval, or the reason why it has none."""

    value: float | None
    ci: Interval
    ci_missing: str | None


@dataclass(frozen=True)
class Transported:
    """Calibration, and rates at the training set's thresholds."""

    calibration_in_the_large: Estimate
    slope: Estimate
    sensitivity: Estimate
    specificity: Estimate
    brier: float | None
    ece: float | None


@dataclass(frozen=True, kw_only=True)
class State(Transported):
    """The same over all labels, and for each."""

    labels: dict[str, Transported]


@dataclass(frozen=True, kw_only=True)
class External:
    """An external data set: its images, the findings shared, and figures of all models on it.

    `calibration` by model has states: inside, outside, and outside after recalibration.
    """

    source: str
    images: Annotated[int, Key("films")]
    patients: int
    patients_from: str
    labels: list[str]
    findings: dict[str, SharedLabel]
    rare: dict[str, int]
    notes: list[str]
    trainings: int
    evaluated: Annotated[Evaluated, FLAT]
    labels_compared: list[str]
    drop: dict[str, Drop]
    gain_difference: list[GainDifference]
    calibration: dict[str, dict[str, State]] = field(default_factory=dict)
    recalibrated_on: Annotated[int | None, OPTIONAL] = None
    causes: Annotated[Causes | None, OPTIONAL] = None
