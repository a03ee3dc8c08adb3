"""The report's tables as HTML: models, differences, labels, groups of patients."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from reports.report_figures import Comparison, Gap, Groups, LabelFigures
from reports.report_tree import Count, Report
from reports.wording import (
    by_seed,
    missing_aucs,
    missing_differences,
    number,
    p_value,
    reasons,
    reference_baselines,
    shares,
    threshold,
    with_interval,
)

DECISIONS = {
    "f1": "F1",
    "recall": "Recall",
    "precision": "Precision",
    "specificity": "Specificity",
}
COUNTS = ("true_positives", "false_positives", "false_negatives", "true_negatives")
VARIABLES = {"sex": "Sex", "age": "Age", "view": "View"}


def models(report: Report) -> str:
    """Macro and micro AUC of each model and its calibration, then the reference baselines."""
    header = ("Model", "Macro AUC", "Labels", "Micro AUC", "Brier score", "Calibration error")
    rows = [
        (
            name,
            with_interval(figures.macro_auc, figures.macro_auc_ci, 4),
            str(figures.labels_in_macro),
            with_interval(figures.micro_auc, figures.micro_auc_ci, 4),
            number(figures.calibration.brier, 4),
            number(figures.calibration.ece, 4),
        )
        for name, figures in report.models.items()
    ]
    rows += [(name, macro, "", micro, "", "") for name, macro, micro in reference_baselines(report)]
    missing = (
        (f"{what} AUC of {name}", why)
        for name, figures in report.models.items()
        for what, why in (
            ("macro", figures.macro_auc_ci_missing),
            ("micro", figures.micro_auc_ci_missing),
        )
    )
    return table("All images", header, rows) + _reasons(missing) + _seeds(report) + _shares(report)


def _seeds(report: Report) -> str:
    """Macro AUC of each training seed, where there are several."""
    rows = by_seed(report)
    if not rows:
        return ""
    header, *values = rows
    return table("Macro AUC of each training seed", [name.capitalize() for name in header], values)


def _shares(report: Report) -> str:
    """The share of each member of a fusion, where there is one."""
    rows = shares(report)
    return table("Shares of members", ("Model", "Member", "Share"), rows) if rows else ""


def comparisons(report: Report) -> str:
    """Differences of each pair of models, over all labels."""
    header = ("Model − baseline", "Δ macro AUC", "p", "p (Holm)", "Δ micro AUC", "p (micro)")
    rows = [
        (
            each.name,
            with_interval(each.delta_macro_auc, each.macro_ci, 4),
            p_value(each.macro_p),
            p_value(each.correction.p_holm if each.correction else None),
            with_interval(each.delta_micro_auc, each.micro_ci, 4),
            p_value(each.micro_p),
        )
        for each in report.comparisons
    ]
    missing = (
        (f"{each.name} ({what} AUC)", why)
        for each in report.comparisons
        for what, why in (("macro", each.macro_ci_missing), ("micro", each.micro_ci_missing))
    )
    return table("Differences over all labels", header, rows) + _reasons(missing) if rows else ""


def label_differences(report: Report) -> str:
    """Differences of each pair of models, label by label."""
    return "".join(map(_label_differences, report.comparisons))


def prevalences(report: Report) -> str:
    """How often each label is in each set of the split."""
    counts = report.split.labels
    names = list(next(iter(counts.values())))
    rows = [(label, *(_share(by_set[name]) for name in names)) for label, by_set in counts.items()]
    header = ("Label", *(name.capitalize() for name in names))
    return table("Positives, and their share of the images that report the label", header, rows)


def labels(report: Report) -> str:
    """Per-label figures of each model; decisions too where it has thresholds."""
    return "".join(
        _labels(name, figures.labels) + _decisions(name, figures.labels)
        for name, figures in report.models.items()
    )


def subgroups(report: Report) -> str:
    """AUC of each group of patients, and the largest gap of each label, by model and variable."""
    return "".join(
        _groups(f"{model}, {VARIABLES.get(variable, variable).lower()}", groups)
        for model, variables in report.subgroups.items()
        for variable, groups in variables.items()
    )


def table(caption: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table under its caption; the first cell heads its row."""
    top = "".join(f'<th scope="col">{escape(name)}</th>' for name in header)
    body = "".join(f"<tr>{_row(cells)}</tr>\n" for cells in rows)
    return scrolling(
        caption,
        f"<table>\n<caption>{escape(caption)}</caption>\n<thead><tr>{top}</tr></thead>\n"
        f"<tbody>\n{body}</tbody>\n</table>",
    )


def scrolling(name: str, wide: str) -> str:
    """Wide content that scrolls by itself on a narrow screen, by keyboard too."""
    opening = f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(name)}">'
    return f"{opening}\n{wide}\n</div>\n"


def _reasons(figures: Iterable[tuple[str, str | None]]) -> str:
    """Why figures of the table above have no interval; nothing where all have one."""
    return "".join(f'<p class="soft">N{escape(line[1:])}.</p>\n' for line in reasons(figures))


def _row(cells: Sequence[str]) -> str:
    first, *others = map(escape, cells)
    return f'<th scope="row">{first}</th>' + "".join(f"<td>{cell}</td>" for cell in others)


def _share(count: Count) -> str:
    share = 100 * count.positives / max(count.images, 1)
    return f"{count.positives:,} ({share:.1f} %)"


def _label_differences(comparison: Comparison) -> str:
    header = ("Label", "Δ AUC", "p (DeLong)", "p (Holm)")
    rows = [
        (name, with_interval(one.delta, one.ci, 4), p_value(one.p_delong), p_value(one.p_holm))
        for name, one in comparison.labels.items()
    ]
    missing = missing_differences(comparison.labels)
    return table(comparison.name, header, rows) + _reasons(missing)


def _labels(model: str, figures: Mapping[str, LabelFigures]) -> str:
    header = ("Label", "AUC", "Positives", "Images", "Average precision", "Brier", "Calibration")
    rows = [
        (
            name,
            with_interval(each.auc, each.auc_ci, 4),
            f"{each.positives:,}",
            f"{each.images:,}",
            number(each.average_precision),
            number(each.brier, 4),
            number(each.ece, 4),
        )
        for name, each in figures.items()
    ]
    ranking = table(f"{model}: ranking and calibration", header, rows)
    return ranking + _reasons(missing_aucs(figures))


def _decisions(model: str, figures: Mapping[str, LabelFigures]) -> str:
    if all(each.threshold is None for each in figures.values()):
        return ""
    header = ("Label", "Threshold", "Decided", *DECISIONS.values(), "TP", "FP", "FN", "TN")
    rows = [
        (
            name,
            threshold(each),
            f"{each.images_decided:,} of {each.images:,}",
            *(number(getattr(each, key)) for key in DECISIONS),
            *(number(getattr(each, key), 0) for key in COUNTS),
        )
        for name, each in figures.items()
    ]
    several = any(each.threshold_range for each in figures.values())
    at = "the thresholds of each fold" if several else "its thresholds"
    missing = [
        f"{name}: {each.recall_missing}" for name, each in figures.items() if each.recall_missing
    ]
    why = f'<p class="soft">No recall or F1 for {escape("; ".join(missing))}.</p>\n'
    return table(f"{model}: decisions at {at}", header, rows) + why * bool(missing)


def _groups(title: str, variable: Groups) -> str:
    header = ("Group", "Images", "Patients", "Macro AUC", "Labels")
    rows = [
        (
            name,
            f"{each.images:,}",
            f"{each.patients:,}",
            with_interval(each.macro_auc, each.macro_auc_ci),
            str(each.labels_in_macro),
        )
        for name, each in variable.groups.items()
    ]
    missing = ((name, each.macro_auc_ci_missing) for name, each in variable.groups.items())
    return table(title, header, rows) + _reasons(missing) + _gaps(title, variable.gaps)


def _gaps(title: str, gaps: Mapping[str, Gap | None]) -> str:
    header = ("Label", "Highest", "Lowest", "Gap in AUC", "Flagged")
    known = {name: gap for name, gap in gaps.items() if gap}
    rows = [
        (name, gap.high, gap.low, with_interval(gap.gap, gap.ci), "yes" if gap.flagged else "no")
        for name, gap in known.items()
    ]
    missing = ((name, gap.ci_missing) for name, gap in known.items())
    caption = f"{title}: largest gap of each label"
    return table(caption, header, rows) + _reasons(missing) if rows else ""
