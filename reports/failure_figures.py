"""Wrong calls as frozen dataclasses: the most confident ones, and where models differ."""

from dataclasses import dataclass
from typing import Annotated

from reports.json_trees import OPTIONAL, Key

Interval = list[float] | None


@dataclass(frozen=True)
class WrongCall:
    """A decision that differs from the label table; the threshold of exclusive classes is None."""

    image: Annotated[str, Key("film")]
    label: str
    truth: int
    probability: float
    threshold: float | None


@dataclass(frozen=True)
class LabelAgreement:
    """Images that both models, one of them or none decides rightly, with McNemar's exact test."""

    both_right: int
    only_model_right: int
    only_baseline_right: int
    p: float
    both_wrong: int
    p_holm: float | None


@dataclass(frozen=True)
class GroupCalls:
    """The share of decisions that are wrong in a group of patients, by a model and its baseline."""

    images: Annotated[int, Key("films")]
    patients: int
    decisions: int
    wrong: float | None
    wrong_ci: Interval
    baseline_wrong: float | None
    baseline_wrong_ci: Interval
    difference: float | None
    ci: Interval
    ci_missing: str | None


@dataclass(frozen=True)
class Disagreement:
    """Where a model and its baseline decide differently, by label and by group of patients."""

    model: str
    baseline: str
    labels: dict[str, LabelAgreement]
    groups: dict[str, dict[str, GroupCalls]]

    @property
    def name(self) -> str:
        """`dual_input and cnn`."""
        return f"{self.model} and {self.baseline}"


@dataclass(frozen=True)
class Failures:
    """The most confident wrong calls of the model of the highest macro AUC, and disagreements.

    `no_pictures` says why there are no contact sheets.
    """

    model: str
    wrong_calls: list[WrongCall]
    disagreements: list[Disagreement]
    no_pictures: Annotated[str | None, OPTIONAL] = None
