"""The report's tables of metrics as HTML: all that `evaluation/metrics/` has, by what they need."""

from collections.abc import Mapping, Sequence

from evaluation.metric import PROBABILITIES, THRESHOLDS, Metric
from evaluation.metric_figures import registered
from reports.html_tables import table, why_missing
from reports.metric_values import MetricFigures
from reports.pages import folded, items
from reports.report_figures import Comparison
from reports.report_tree import Report
from reports.wording import metric_p, number, with_interval

KINDS = {PROBABILITIES: "Metrics of probabilities", THRESHOLDS: "Metrics at thresholds"}
LOWER = " (lower is better)"


def metrics(report: Report) -> str:
    """Each metric over all labels, then differences, single labels and explanations, folded."""
    known = reported(report)
    kinds = {
        caption: {name: each for name, each in known.items() if each.needs == kind}
        for kind, caption in KINDS.items()
    }
    return (
        "".join(_overall(report, caption, each) for caption, each in kinds.items() if each)
        + "".join(_differences(each, known) for each in report.comparisons)
        + "".join(_by_label(report, name, each) for name, each in known.items())
        + _explained(known)
    )


def reported(report: Report) -> dict[str, Metric]:
    """The metrics that any model of the report has, without those of another version."""
    names = {name for figures in report.models.values() for name in figures.metrics or {}}
    return {name: each for name, each in registered().items() if name in names}


def title(metric: Metric) -> str:
    """The title of a metric, with its direction if lower values are better."""
    return metric.title + LOWER * (not metric.higher_is_better)


def of_models(report: Report, name: str) -> list[MetricFigures | None]:
    """A metric of each model; None where it has none."""
    return [(figures.metrics or {}).get(name) for figures in report.models.values()]


def _overall(report: Report, caption: str, metrics: Mapping[str, Metric]) -> str:
    header = ("Metric", *report.models, "Without skill")
    rows = [
        (title(each), *map(_value, of_models(report, name)), _without_skill(report, name))
        for name, each in metrics.items()
    ]
    missing = (
        (f"{each.title} of {model}", one.ci_missing)
        for name, each in metrics.items()
        for model, one in zip(report.models, of_models(report, name), strict=True)
        if one and one.value is not None
    )
    return table(f"{caption}, over all labels", header, rows) + why_missing(missing)


def _value(each: MetricFigures | None) -> str:
    return with_interval(each.value, each.ci) if each else number(None)


def _without_skill(report: Report, name: str) -> str:
    """Of several models, whose decisions differ, the lowest and the highest."""
    values = [each.prevalence_only for each in of_models(report, name) if each]
    ends = sorted(value for value in values if value is not None)
    return " to ".join(dict.fromkeys(map(number, ends[:1] + ends[-1:]))) or number(None)


def _differences(compared: Comparison, metrics: Mapping[str, Metric]) -> str:
    found = {
        each: (compared.metrics or {})[name]
        for name, each in metrics.items()
        if name in (compared.metrics or {})
    }
    if not found:
        return ""
    rows = [
        (title(each), with_interval(one.delta, one.ci, 4), metric_p(compared, one.p))
        for each, one in found.items()
    ]
    missing = ((each.title, one.ci_missing) for each, one in found.items() if one.delta is not None)
    caption = f"{compared.name}: differences in metrics, over all labels"
    body = table(caption, ("Metric", "Difference", "p"), rows) + why_missing(missing)
    return folded(f"{compared.name}, metric by metric", body)


def _by_label(report: Report, name: str, metric: Metric) -> str:
    """A metric of each label by model, and without skill; nothing without labels or with one."""
    known = zip(report.models, of_models(report, name), strict=True)
    models = {model: each.labels for model, each in known if each and each.labels}
    if not models or len(report.labels) == 1:
        return ""
    first = next(iter(models.values()))
    rows = [
        (
            label,
            *(with_interval(each[label].value, each[label].ci) for each in models.values()),
            number(first[label].prevalence_only),
        )
        for label in first
    ]
    missing = (
        (label, one.ci_missing)
        for each in models.values()
        for label, one in each.items()
        if one.value is not None
    )
    skill = "Without skill" if len(models) == 1 else f"Without skill ({next(iter(models))})"
    header = ("Label", *models, skill)
    body = table(f"{title(metric)}: each label", header, rows, report.rare_labels or ())
    return folded(f"{metric.title}: each label", body + why_missing(missing))


def _explained(metrics: Mapping[str, Metric]) -> str:
    sentences: Sequence[str] = [f"{each.title}: {each.explained}" for each in metrics.values()]
    return folded("What each metric means", items(sentences))
