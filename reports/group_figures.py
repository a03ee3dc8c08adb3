"""The figures of groups of patients in a report, as frozen dataclasses."""

from dataclasses import dataclass
from typing import Annotated

from reports.json_trees import Key

Interval = list[float] | None


@dataclass(frozen=True)
class GroupLabel:
    """AUC of one label in a group of patients."""

    auc: float | None
    auc_ci: Interval
    auc_ci_missing: str | None
    positives: int


@dataclass(frozen=True)
class GroupFigures:
    """Figures of a model in a group of patients."""

    images: Annotated[int, Key("films")]
    patients: int
    macro_auc: float | None
    macro_auc_ci: Interval
    macro_auc_ci_missing: str | None
    labels_in_macro: int
    labels: dict[str, GroupLabel]


@dataclass(frozen=True)
class Gap:
    """The largest difference in AUC between two groups for a label."""

    high: str
    low: str
    gap: float
    ci: Interval
    ci_missing: str | None
    flagged: bool


@dataclass(frozen=True)
class Groups:
    """Figures of each group of a variable, and the largest gap of each label."""

    groups: dict[str, GroupFigures]
    gaps: dict[str, Gap | None]


Subgroups = dict[str, dict[str, Groups]]
