import pytest

from reports import metric_tables
from tests.reports.comparisons import evaluation


@pytest.fixture(scope="module")
def report():
    return evaluation()[0]


def test_every_metric_of_every_model_and_label_has_a_row(report):
    found = {(row["model"], row["metric"], row["label"]) for row in metric_tables.rows(report)}
    expected = {
        (model, name, label)
        for model, figures in report.models.items()
        for name, metric in figures.metrics.items()
        for label in ("", *metric.labels)
    }
    assert found == expected


def test_rows_have_the_values_of_the_report(report):
    rows = {(row["model"], row["metric"], row["label"]): row for row in metric_tables.rows(report)}
    metric = report.models["vague"].metrics["average_precision"]
    assert rows["vague", "average_precision", ""]["value"] == metric.value
    assert rows["vague", "average_precision", "Edema"]["ci"] == metric.labels["Edema"].ci


def test_differences_have_rows_with_their_p(report):
    (pair,) = report.comparisons
    rows = {(row["metric"], row["label"]): row for row in metric_tables.difference_rows([pair])}
    metric = pair.metrics["partial_auc"]
    assert rows["partial_auc", ""]["p"] == metric.p
    assert rows["partial_auc", "Edema"]["delta"] == metric.labels["Edema"].delta


def test_latex_has_a_row_for_each_metric_and_a_column_for_each_model(report):
    text = metric_tables.printed(report, [*report.models.items()])
    assert "& sharp & vague" in text
    assert text.count("\\\\\n") == 1 + len(report.models["sharp"].metrics)
    (pair,) = report.comparisons
    assert "Average precision" in metric_tables.printed_differences(pair)


def test_the_terminal_shows_headlines_alone(report):
    header, *rows = metric_tables.headlines(report)
    assert header == ("metrics [95 %]", "sharp", "vague")
    assert [row[0] for row in rows] == ["Average precision"]
