"""Exclusive classes in the report's page and on the screen: confusion matrix, McNemar's test."""

from collections.abc import Iterator, Mapping

from reports.class_tables import ClassTable
from reports.html_tables import table
from reports.report_tree import Report
from reports.wording import number, p_value

HEADER = ("Models", "Only the first right", "Only the second right", "p (McNemar)")


def tables_of(report: Report) -> dict[str, ClassTable]:
    """The confusion matrix of each model; none for independent labels."""
    return {name: one.classes for name, one in report.models.items() if one.classes}


def classes(report: Report) -> str:
    """Confusion matrices with shares of each row, calibration, and McNemar's test of each pair."""
    tables = tables_of(report)
    if not tables:
        return ""
    matrices = "".join(_matrix(model, one) for model, one in tables.items())
    return matrices + _calibration(tables) + _tests(report)


def lines(report: Report) -> Iterator[tuple[str, ...]]:
    """The rows of each model's confusion matrix for a terminal, each under its name."""
    for model, one in tables_of(report).items():
        yield (f"{model}: true class \\ chosen", *one.names)
        for name, row in zip(one.names, one.confusion, strict=True):
            yield (f"  {name}", *(f"{count:,}" for count in row))


def _matrix(model: str, one: ClassTable) -> str:
    header = ("True class", *(f"Chosen: {name}" for name in one.names))
    rows = [
        (name, *(f"{count:,} ({100 * share:.1f} %)" for count, share in zip(*pair, strict=True)))
        for name, *pair in zip(one.names, one.confusion, one.shares, strict=True)
    ]
    return table(f"{model}: images by true class and by the most probable class", header, rows)


def _calibration(tables: Mapping[str, ClassTable]) -> str:
    rows = [(model, number(one.top_label_ece, 4)) for model, one in tables.items()]
    return table("Top-label calibration error", ("Model", "Error"), rows)


def _tests(report: Report) -> str:
    rows = [
        (
            f"{each.model} and {each.baseline}",
            f"{each.mcnemar.only_model_right:,}",
            f"{each.mcnemar.only_baseline_right:,}",
            p_value(each.mcnemar.p),
        )
        for each in report.comparisons
        if each.mcnemar
    ]
    return table("Which of two models chooses the right class more often", HEADER, rows) * bool(
        rows
    )
