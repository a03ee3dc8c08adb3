"""Metrics as rows of tables for papers, and as lines for a terminal: all that are registered."""

from collections.abc import Iterator, Sequence
from typing import Any

from evaluation.metric_figures import registered
from reports import latex
from reports.json_trees import as_json
from reports.metric_html import of_models, reported, title
from reports.report_figures import Comparison, ModelFigures
from reports.report_tree import Report
from reports.wording import metric_p, number, with_interval

# The whole of a metric, where a row names no label.
OVERALL = ""


def rows(report: Report) -> Iterator[dict[str, Any]]:
    """A row for each model, metric and label, with the overall value first."""
    for model, figures in report.models.items():
        for name, metric in (figures.metrics or {}).items():
            overall = as_json(metric)
            labels = overall.pop("labels")
            for label, each in {OVERALL: overall, **labels}.items():
                yield {"model": model, "metric": name, "label": label} | each


def difference_rows(compared: Sequence[Comparison]) -> Iterator[dict[str, Any]]:
    """A row for each pair of models, metric and label, with the overall difference first."""
    for pair in compared:
        for name, metric in (pair.metrics or {}).items():
            overall = as_json(metric)
            labels = overall.pop("labels")
            for label, each in {OVERALL: overall, **labels}.items():
                named = {"model": pair.model, "baseline": pair.baseline}
                yield named | {"metric": name, "label": label} | each


def printed(report: Report, models: Sequence[tuple[str, ModelFigures]]) -> str:
    """A LaTeX table of these models: a row for each metric over all labels."""
    chosen = [name for name, _ in models]
    places = [place for place, name in enumerate(report.models) if name in chosen]
    body = [
        [title(each), *(_cell(of_models(report, name)[place]) for place in places)]
        for name, each in reported(report).items()
    ]
    return latex.tabular(["Metric [95 % CI]", *chosen], [body])


def printed_differences(compared: Comparison) -> str:
    """A LaTeX table of a pair of models: a row for each metric over all labels."""
    known, found = registered(), compared.metrics or {}
    body = [
        [title(known[name]), with_interval(each.delta, each.ci), metric_p(compared, each.p)]
        for name, each in found.items()
        if name in known
    ]
    above = [("", 1), (compared.name, 2)]
    return latex.tabular(["Metric", "Difference [95 % CI]", "p"], [body], above)


def headlines(report: Report) -> list[tuple[str, ...]]:
    """Rows for a terminal: a header of models, and each metric that is a headline."""
    shown = {name: each for name, each in reported(report).items() if each.headline}
    if not shown:
        return []
    body = [(each.title, *map(_cell, of_models(report, name))) for name, each in shown.items()]
    return [("metrics [95 %]", *report.models), *body]


def _cell(each: Any) -> str:
    return with_interval(each.value, each.ci) if each else number(None)
