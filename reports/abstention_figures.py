"""What abstaining does on labelled images, as report.json holds it."""

from dataclasses import dataclass
from typing import Any

from reports.json_trees import as_json


@dataclass(frozen=True)
class Covered:
    """Patients on one side of a label: the mean share of their images without a wrong answer.

    `p` is the chance of so little coverage among exchangeable patients. None where the label has no
    guarantee.
    """

    patients: int
    coverage: float | None
    ci: list[float] | None
    p: float | None
    shifted: bool


@dataclass(frozen=True)
class LabelAnswers:
    """Answers on one label: whether it has a guarantee, and the share of images answered."""

    guaranteed: bool
    answered: float | None
    without_finding: Covered
    with_finding: Covered


@dataclass(frozen=True)
class RiskCoverage:
    """At each level the share of image-label pairs answered, and of these the share wrongly."""

    levels: list[float]
    answered: list[float]
    wrong: list[float | None]


@dataclass(frozen=True)
class Abstention:
    """Answers of a model at a level, label by label, and over all levels."""

    level: float
    labels: dict[str, LabelAnswers]
    curve: RiskCoverage

    @property
    def answered(self) -> float:
        """The share of image-label pairs answered at the level."""
        return self.curve.answered[self._place]

    @property
    def wrong(self) -> float | None:
        """The share of the answers at the level that are wrong."""
        return self.curve.wrong[self._place]

    @property
    def _place(self) -> int:
        return self.curve.levels.index(self.level)

    @property
    def without_guarantee(self) -> list[str]:
        """Labels with too few validation patients for the level."""
        return [name for name, one in self.labels.items() if not one.guaranteed]

    def as_json(self) -> dict[str, Any]:
        """The values of report.json."""
        return dict(as_json(self))
