"""What an audit of labels found, as frozen dataclasses of report.json."""

from dataclasses import dataclass
from typing import Annotated

from evaluation.label_errors import Expected
from reports.json_trees import OPTIONAL, Key

Interval = list[float] | None
# What an entry of the label table says.
SAYS = {0: "absent", 1: "present"}


@dataclass(frozen=True)
class ErrorRate:
    """The expected share of wrong entries, and how many of them say present and absent."""

    entries: int
    rate: float | None
    rate_ci: Interval
    rate_ci_missing: str | None
    wrong_present: float | None
    wrong_absent: float | None

    @staticmethod
    def of(found: Expected, entries: int) -> "ErrorRate":
        """From what evaluation gives; figures of a label of one kind are None."""
        known = found.rate == found.rate
        return ErrorRate(
            entries,
            found.rate if known else None,
            found.ci,
            found.ci_missing,
            found.present if known else None,
            found.absent if known else None,
        )

    @property
    def wrong(self) -> float:
        """How many entries are expected to be wrong; 0 if that is not known."""
        return (self.wrong_present or 0) + (self.wrong_absent or 0)


@dataclass(frozen=True)
class SuspectImage:
    """An image by the quality of its labels together, with its most suspect label."""

    image: Annotated[str, Key("film")]
    quality: float
    label: str
    says: int
    probability: float


@dataclass(frozen=True)
class Audit:
    """Expected errors of each label and of all, and the images whose labels are most suspect.

    `models` are those whose mean probability ranks labels; `listed` counts the rows of the table to
    fill in. `no_pictures` says why there is no contact sheet.
    """

    models: list[str]
    images: Annotated[int, Key("films")]
    listed: int
    overall: ErrorRate
    labels: dict[str, ErrorRate]
    first: list[SuspectImage]
    no_pictures: Annotated[str | None, OPTIONAL] = None


@dataclass(frozen=True)
class OriginalModel:
    """The macro AUC of a model over the labels before they were corrected."""

    macro_auc: float | None
    macro_auc_ci: Interval


@dataclass(frozen=True)
class OriginalComparison:
    """A comparison over the labels before they were corrected."""

    model: str
    baseline: str
    delta_macro_auc: float | None
    ci: Interval
    answer: str


@dataclass(frozen=True)
class CorrectedLabels:
    """How many labels of the evaluated images were corrected, and the answers without that."""

    changed: dict[str, int]
    models: dict[str, OriginalModel]
    comparisons: list[OriginalComparison]
