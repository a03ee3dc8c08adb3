"""The figures of models in a report, as frozen dataclasses; evaluation gives their values."""

from dataclasses import dataclass
from typing import Annotated, Any

from evaluation.equivalence import MARGIN
from evaluation.outcomes import INCONCLUSIVE
from reports.abstention_figures import Abstention
from reports.class_tables import ClassTable, McNemar
from reports.json_trees import EMPTY, FLAT, OPTIONAL, Key, from_json
from reports.metric_values import (
    MetricDifferences,
    MetricFigures,
    NetBenefit,
    NetBenefitDifference,
)

Interval = list[float] | None


@dataclass(frozen=True)
class MetadataOnly:
    """AUCs of the baseline that sees age, sex and view alone."""

    macro_auc: float | None
    macro_auc_ci: Interval
    macro_auc_ci_missing: str | None
    micro_auc: float | None
    micro_auc_ci: Interval
    micro_auc_ci_missing: str | None


@dataclass(frozen=True)
class ReferenceBaselines:
    """What models without any image reach; `prevalences_of` names the images counted."""

    prevalence_micro_auc: Annotated[float, Key("micro_no_skill")]
    prevalences_of: str
    metadata: Annotated[MetadataOnly | None, EMPTY] = None


@dataclass(frozen=True)
class LabelFigures:
    """A model's figures for one label; those of decisions are None without a threshold."""

    auc: float | None
    average_precision: float | None
    positives: int
    images: Annotated[int, Key("films")]
    ece: float | None
    brier: float | None
    auc_ci: Interval
    auc_ci_missing: str | None
    auc_ci_delong: Interval
    f1: float | None
    recall: float | None
    precision: float | None
    specificity: float | None
    true_positives: int | None
    false_positives: int | None
    false_negatives: int | None
    true_negatives: int | None
    threshold: float | None
    threshold_range: Interval
    images_decided: Annotated[int | None, Key("films_decided")]
    recall_missing: str | None

    @property
    def is_decided(self) -> bool:
        """Whether any image is decided: at a threshold, or as the most probable class."""
        return bool(self.images_decided)


@dataclass(frozen=True)
class Calibration:
    """Mean over labels of calibration error and Brier score."""

    ece: float | None
    brier: float | None


@dataclass(frozen=True)
class Training:
    """What `compare` knows of a model's trainings: AUC by seed, shares of a fusion's members."""

    macro_auc_by_seed: list[float]
    member_shares: dict[str, list[float]]
    control: bool


@dataclass(frozen=True)
class ModelFigures:
    """Figures of one model over all images evaluated."""

    macro_auc: float | None
    macro_auc_ci: Interval
    macro_auc_ci_missing: str | None
    labels_in_macro: int
    micro_auc: float | None
    micro_auc_ci: Interval
    micro_auc_ci_missing: str | None
    labels: dict[str, LabelFigures]
    calibration: Calibration
    metrics: Annotated[dict[str, MetricFigures] | None, OPTIONAL] = None
    net_benefit: Annotated[NetBenefit | None, OPTIONAL] = None
    classes: Annotated[ClassTable | None, OPTIONAL] = None
    abstention: Annotated[Abstention | None, OPTIONAL] = None
    fit_seconds: float | None = None
    training: Annotated[Training | None, FLAT] = None

    @property
    def is_control(self) -> bool:
        """Whether the model is a width-matched control."""
        return self.training is not None and self.training.control


@dataclass(frozen=True)
class LabelDifference:
    """The difference in AUC for one label, with DeLong's test."""

    delta: float | None
    ci: Interval
    ci_missing: str | None
    p_delong: float | None
    p_holm: float | None


@dataclass(frozen=True)
class Setting:
    """What sets the model apart from the baseline, as a sentence begins."""

    setting: str
    control: bool


@dataclass(frozen=True)
class Correction:
    """The macro p value, corrected for the number of models; replicates that it would take."""

    p_holm: float | None
    replicates_needed: int | None


@dataclass(frozen=True)
class Answer:
    """What a comparison says about its macro AUC, and what follows from the margin and the spread.

    `answer` is raises, lowers, equivalent or inconclusive. A difference that is claimed may lie
    `within_margin` too.
    """

    answer: str
    margin: float
    within_margin: bool
    equivalence_ci: Interval
    equivalence_p: float | None
    p_resolution: float
    smallest_difference: float | None
    patients_needed: int | None


OPEN = Answer(INCONCLUSIVE, MARGIN, False, None, None, 0.0, None, None)


@dataclass(frozen=True)
class Comparison:
    """A model less the baseline, over the same images."""

    model: str
    baseline: str
    delta_macro_auc: float | None
    macro_ci: Annotated[Interval, Key("ci")]
    macro_p: Annotated[float | None, Key("p")]
    macro_ci_missing: Annotated[str | None, Key("ci_missing")]
    delta_micro_auc: float | None
    micro_ci: Interval
    micro_p: float | None
    micro_ci_missing: str | None
    labels: dict[str, LabelDifference]
    metrics: Annotated[dict[str, MetricDifferences] | None, OPTIONAL] = None
    net_benefit: Annotated[NetBenefitDifference | None, OPTIONAL] = None
    mcnemar: Annotated[McNemar | None, OPTIONAL] = None
    setting: Annotated[Setting | None, FLAT] = None
    correction: Annotated[Correction | None, FLAT] = None
    answered: Annotated[Answer | None, FLAT] = None

    @property
    def name(self) -> str:
        """`dual_input − cnn`."""
        return f"{self.model} − {self.baseline}"

    @property
    def answer(self) -> str:
        """`raises`, `lowers`, `equivalent` or `inconclusive`."""
        return self.outcome.answer

    @property
    def outcome(self) -> Answer:
        """The answer; it is open in a report of an earlier version, which has none."""
        return self.answered or OPEN


@dataclass(frozen=True)
class Evaluated:
    """What evaluation computes: reference baselines, models by name, comparisons."""

    reference_baselines: Annotated[ReferenceBaselines, Key("floors")]
    models: dict[str, ModelFigures]
    comparisons: list[Comparison]

    @staticmethod
    def of(values: dict[str, Any]) -> "Evaluated":
        """Read the dicts that evaluation returns."""
        return from_json(Evaluated, values)
