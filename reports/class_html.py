"""Exclusive classes in the report's page and on the screen: confusion matrix, McNemar's test."""

from collections.abc import Iterator, Mapping

from reports.class_tables import ClassTable
from reports.html_tables import table
from reports.report_figures import ModelFigures
from reports.report_tree import Report
from reports.wording import number, p_value, with_interval

# The figures of a class chosen that readers look for first, by the names of their metrics.
FIRST = {
    "accuracy": "Accuracy",
    "balanced_accuracy": "Balanced accuracy",
    "macro_f1": "Macro F1",
    "cohen_kappa": "Cohen's kappa",
}
HEADER = ("Models", "Only the first right", "Only the second right", "p (McNemar)")


def tables_of(report: Report) -> dict[str, ClassTable]:
    """The confusion matrix of each model; none for independent labels."""
    return {name: one.classes for name, one in report.models.items() if one.classes}


def first_figures(figures: ModelFigures) -> dict[str, str]:
    """Accuracy and what belongs to it with intervals, by their titles; none without classes."""
    found = figures.metrics or {}
    return {
        title: with_interval(found[name].value, found[name].ci)
        for name, title in FIRST.items()
        if figures.classes and name in found
    }


def overview(report: Report) -> str:
    """Accuracy of each model and what belongs to it; nothing for independent labels."""
    rows = [(name, *first_figures(one).values()) for name, one in report.models.items()]
    if not tables_of(report):
        return ""
    return table("The most probable class", ("Model", *FIRST.values()), rows)


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
