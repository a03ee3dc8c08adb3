from dataclasses import replace

import numpy as np
import pytest

from evaluation.figures import evaluate
from evaluation.metric_figures import registered
from reports import metric_html
from reports.report_tree import Report
from reports.wording import number
from tests.reports.comparisons import N_REPLICATES, evaluation, values


@pytest.fixture(scope="module")
def decided():
    """A report with thresholds."""
    written, known, scores = values()
    chosen = {one.model: np.array([0.5, 0.5, np.nan]) for one in scores}
    figures = evaluate(
        known, scores, [("vague", "sharp")], thresholds=chosen, n_replicates=N_REPLICATES
    )
    figures["floors"]["metadata"] = {}
    return Report.of(written | figures)


def test_every_registered_metric_that_the_report_has_is_in_a_table(decided):
    found = metric_html.metrics(decided)
    for name, metric in registered().items():
        shown = name in decided.models["sharp"].metrics
        assert (f'<th scope="row">{metric.title}' in found) == shown, name


def test_without_thresholds_there_is_no_table_of_decisions(decided):
    report, *_ = evaluation()
    assert "Metrics at thresholds" in metric_html.metrics(decided)
    assert "Metrics at thresholds" not in metric_html.metrics(report)


def test_a_row_has_the_value_of_each_model_and_that_without_skill(decided):
    found = metric_html.metrics(decided)
    for figures in decided.models.values():
        one = figures.metrics["average_precision"]
        assert number(one.value) in found
        assert number(one.prevalence_only) in found


def test_each_label_has_its_row_and_its_difference_a_p(decided):
    found = metric_html.metrics(decided)
    assert "Average precision: each label" in found
    assert "vague − sharp, metric by metric" in found


def test_a_metric_of_which_less_is_better_says_so(decided):
    assert "Negative likelihood ratio (lower is better)" in metric_html.metrics(decided)


def test_why_an_interval_is_missing_stands_below(decided):
    assert "the label has no threshold" not in metric_html.metrics(decided)
    few = replace(decided.models["sharp"].metrics["f1"], ci=None, ci_missing="too few patients")
    figures = decided.models["sharp"]
    models = {"sharp": replace(figures, metrics={**figures.metrics, "f1": few})}
    report = replace(decided, evaluated=replace(decided.evaluated, models=models))
    assert "o interval or test for F1 of sharp: too few patients" in metric_html.metrics(report)


def test_a_metric_of_another_version_is_left_out(decided):
    figures = decided.models["sharp"]
    other = figures.metrics | {"of_tomorrow": figures.metrics["f1"]}
    models = {"sharp": replace(figures, metrics=other)}
    report = replace(decided, evaluated=replace(decided.evaluated, models=models))
    assert "of_tomorrow" not in metric_html.metrics(report)


def test_a_report_from_before_there_were_metrics_has_no_such_section():
    report, *_ = evaluation()
    models = {name: replace(one, metrics=None) for name, one in report.models.items()}
    pairs = [replace(each, metrics=None) for each in report.comparisons]
    old = replace(report.evaluated, models=models, comparisons=pairs)
    assert metric_html.metrics(replace(report, evaluated=old)) == ""
