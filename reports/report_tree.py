"""The report of `compare` and `score`: what report.json holds, as a tree of frozen dataclasses."""

from dataclasses import dataclass, field, replace
from typing import Annotated, Any

from reports.audit_figures import Audit, CorrectedLabels
from reports.external_figures import External
from reports.failure_figures import Failures
from reports.group_figures import Subgroups
from reports.json_trees import FLAT, OPTIONAL, Key, as_json, from_json
from reports.report_figures import (
    Comparison,
    Evaluated,
    ModelFigures,
    ReferenceBaselines,
)
from reports.robustness_figures import Robustness
from reports.tuning_figures import Tuning


@dataclass(frozen=True)
class Data:
    """The images evaluated, counted, and where they come from."""

    source: str
    images: Annotated[int, Key("films")]
    patients: int
    patients_from: str
    labelled_images: Annotated[int, Key("labelled_films")]
    notes: list[str]
    unit: Annotated[str | None, OPTIONAL] = None


@dataclass(frozen=True)
class Count:
    """Images with a finding, and images that report it."""

    positives: int
    images: Annotated[int, Key("films")]


@dataclass(frozen=True)
class Separation:
    """Images outside all sets of the split, and patients in several sets; None if not known."""

    images_in_no_set: Annotated[int, Key("films_in_no_part")]
    shared_patients: int | None


@dataclass(frozen=True, kw_only=True)
class Split:
    """The split's name and the size of each set; counts of each label by label and set."""

    name: str
    images: Annotated[dict[str, int], Key("films")]
    patients: dict[str, int]
    separation: Annotated[Separation | None, FLAT] = None
    labels: dict[str, dict[str, Count]]


@dataclass(frozen=True)
class Backbone:
    """A network with its weights, and their SHA-256 where they come from a file."""

    name: str
    weights: str
    digest: str | None


@dataclass(frozen=True)
class Provenance:
    """What repeats the run."""

    labels: list[str]
    seed: int
    replicates: int
    command: str
    configuration: dict[str, dict[str, Any]]
    versions: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Report:
    """Everything needed to assess and repeat a run; subgroups by model and variable."""

    synthetic: bool
    data: Data
    split: Split
    backbones: Annotated[list[Backbone] | None, OPTIONAL] = None
    provenance: Annotated[Provenance, FLAT]
    evaluated: Annotated[Evaluated, FLAT]
    cautions: list[str] = field(default_factory=list)
    rare_labels: Annotated[list[str] | None, OPTIONAL] = None
    task: Annotated[str | None, OPTIONAL] = None
    classes: Annotated[list[str] | None, OPTIONAL] = None
    external: Annotated[dict[str, External] | None, OPTIONAL] = None
    tuning: Annotated[Tuning | None, OPTIONAL] = None
    subgroups: Subgroups = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    audit: Annotated[Audit | None, OPTIONAL] = None
    corrected_labels: Annotated[CorrectedLabels | None, OPTIONAL] = None
    failures: Annotated[Failures | None, OPTIONAL] = None
    robustness: Annotated[Robustness | None, OPTIONAL] = None

    @property
    def labels(self) -> list[str]:
        """The labels evaluated."""
        return self.provenance.labels

    @property
    def reference_baselines(self) -> ReferenceBaselines:
        """What models without any image reach."""
        return self.evaluated.reference_baselines

    @property
    def models(self) -> dict[str, ModelFigures]:
        """Figures of each model, controls included."""
        return self.evaluated.models

    @property
    def pairs(self) -> list[Comparison]:
        """All comparisons: those with the baseline, then those of `--pairs all`."""
        return self.evaluated.comparisons

    @property
    def comparisons(self) -> list[Comparison]:
        """Each model less the baseline."""
        return [each for each in self.pairs if each.baseline == self.pairs[0].baseline]

    @property
    def other_pairs(self) -> list[Comparison]:
        """The comparisons of `--pairs all` that are not with the baseline."""
        return self.pairs[len(self.comparisons) :]

    def without_controls(self) -> "Report":
        """The report less its controls, whose rows in the tables of all labels are enough."""
        return self._of(control=False)

    def of_controls(self) -> "Report":
        """The report on its controls alone."""
        return self._of(control=True)

    def _of(self, *, control: bool) -> "Report":
        kept = {name: one for name, one in self.models.items() if one.is_control is control}
        compared = [each for each in self.pairs if each.model in kept]
        groups = {name: one for name, one in self.subgroups.items() if name in kept}
        evaluated = replace(self.evaluated, models=kept, comparisons=compared)
        return replace(self, evaluated=evaluated, subgroups=groups)

    def as_json(self) -> dict[str, Any]:
        """The values of report.json."""
        return as_json(self)

    @staticmethod
    def of(values: dict[str, Any]) -> "Report":
        """The report of a report.json."""
        return from_json(Report, values)
