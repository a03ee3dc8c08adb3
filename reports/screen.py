"""A report as lines for a terminal: the answer first, then short tables."""

from collections.abc import Sequence

from reports.conclusions import conclusions
from reports.report_figures import LabelFigures
from reports.report_tree import Report
from reports.wording import (
    by_seed,
    missing,
    p_value,
    reasons,
    reference_baselines,
    shares,
    subject_matter,
    with_interval,
)


def lines(report: Report) -> list[str]:
    """The answer, the data, and the figures of every model, comparison and label."""
    return [
        *conclusions(report),
        *(f"caution: {each}" for each in report.cautions),
        f"{subject_matter(report)}; split: {report.split.name}",
        *(f"note: {note}" for note in report.data.notes),
        "",
        *_models(report),
        *_seeds(report),
        *_shares(report),
        *_comparisons(report),
        "",
        *_labels(report),
        "",
        *(
            line
            for why in reasons(missing(report.without_controls().evaluated))
            for line in (why, "")
        ),
    ]


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Cells in columns, the first to the left and the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]


def _models(report: Report) -> list[str]:
    rows = [("model", "macro AUC [95 %]", "micro AUC [95 %]")]
    rows += [
        (
            name,
            with_interval(figures.macro_auc, figures.macro_auc_ci, 4),
            with_interval(figures.micro_auc, figures.micro_auc_ci, 4),
        )
        for name, figures in report.models.items()
    ]
    return aligned([*rows, *reference_baselines(report)])


def _seeds(report: Report) -> list[str]:
    rows = by_seed(report)
    return ["", "macro AUC of each training seed", *aligned(rows)] if rows else []


def _shares(report: Report) -> list[str]:
    rows = shares(report)
    return ["", *aligned([("model", "member", "share"), *rows])] if rows else []


def _comparisons(report: Report) -> list[str]:
    if not report.comparisons:
        return []
    rows = [("difference", "macro AUC [95 %]", "p", "micro AUC [95 %]", "p")]
    rows += [
        (
            each.name,
            with_interval(each.delta_macro_auc, each.macro_ci, 4),
            p_value(each.macro_p),
            with_interval(each.delta_micro_auc, each.micro_ci, 4),
            p_value(each.micro_p),
        )
        for each in report.comparisons
    ]
    return ["", *aligned(rows)]


def _labels(report: Report) -> list[str]:
    models = report.without_controls().models
    first = next(iter(models.values())).labels
    rows = [("label", "positives", *(f"{name} AUC [95 %]" for name in models))]
    rows += [
        (
            label,
            f"{first[label].positives:,}",
            *(_auc(figures.labels[label]) for figures in models.values()),
        )
        for label in report.labels
    ]
    return aligned(rows)


def _auc(label: LabelFigures) -> str:
    return with_interval(label.auc, label.auc_ci, 4)
