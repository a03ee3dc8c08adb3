"""Metrics and decision curves of a report, as frozen dataclasses; evaluation gives their values."""

from dataclasses import dataclass

Interval = list[float] | None


@dataclass(frozen=True)
class MetricValue:
    """A metric with its interval, and its value without looking at any image."""

    value: float | None
    ci: Interval
    ci_missing: str | None
    prevalence_only: float | None


@dataclass(frozen=True, kw_only=True)
class MetricFigures(MetricValue):
    """A metric over all labels that it is about, and for each of them."""

    labels: dict[str, MetricValue]


@dataclass(frozen=True)
class MetricDifference:
    """The difference in a metric, with its interval and p by patient."""

    delta: float | None
    ci: Interval
    p: float | None
    ci_missing: str | None


@dataclass(frozen=True, kw_only=True)
class MetricDifferences(MetricDifference):
    """The difference in a metric over all labels that it is about, and for each of them."""

    labels: dict[str, MetricDifference]


@dataclass(frozen=True)
class LabelBenefit:
    """A label's net benefit at each threshold probability, and that of calling all positive."""

    net_benefit: list[float | None]
    ci: list[Interval]
    ci_missing: str | None
    treat_all: list[float | None]


@dataclass(frozen=True)
class NetBenefit:
    """A model's decision curve of each label; calling none positive has a net benefit of 0."""

    thresholds: list[float]
    treat_none: float
    labels: dict[str, LabelBenefit]


@dataclass(frozen=True)
class LabelBenefitDifference:
    """The difference in a label's net benefit at each threshold probability."""

    delta: list[float | None]
    ci: list[Interval]
    p: list[float | None]
    ci_missing: str | None


@dataclass(frozen=True)
class NetBenefitDifference:
    """The difference of two decision curves of each label."""

    thresholds: list[float]
    labels: dict[str, LabelBenefitDifference]
