"""The report's tables of labels and of groups of patients as HTML."""

from collections.abc import Mapping, Sequence
from html import escape

from evaluation.certainty import FEW_OF_A_CLASS
from reports.group_figures import Gap, Groups
from reports.html_tables import RARE, table, why_missing
from reports.pages import folded
from reports.report_figures import Comparison, LabelFigures
from reports.report_tree import Report
from reports.wording import (
    missing_aucs,
    missing_differences,
    number,
    p_value,
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


def label_differences(report: Report) -> str:
    """Differences of each pair of models, label by label."""
    rare = report.rare_labels or []
    return "".join(_label_differences(each, rare) for each in report.comparisons)


def labels(report: Report) -> str:
    """AUC of each label by model, then all figures of each model, folded."""
    first = next(iter(report.models.values())).labels
    rows = [
        (
            label,
            f"{first[label].positives:,}",
            *(_auc(figures.labels[label]) for figures in report.models.values()),
        )
        for label in report.labels
    ]
    rare = report.rare_labels or []
    overview = table("AUC of each label", ("Label", "Positives", *report.models), rows, rare)
    return overview + _explained(rare) + "".join(_model(report, name) for name in report.models)


def subgroups(report: Report) -> str:
    """AUC of each group of patients, and the largest gap of each label, folded by model."""
    rare = report.rare_labels or []
    return "".join(
        folded(
            f"{model}, by {', '.join(VARIABLES.get(name, name).lower() for name in variables)}",
            "".join(
                _groups(f"{model}, {VARIABLES.get(variable, variable).lower()}", groups, rare)
                for variable, groups in variables.items()
            ),
        )
        for model, variables in report.subgroups.items()
    )


def _auc(label: LabelFigures) -> str:
    return with_interval(label.auc, label.auc_ci)


def _explained(rare: Sequence[str]) -> str:
    """What the mark of rare labels means; nothing where there are none."""
    if not rare:
        return ""
    mark = f"{RARE.strip()} Fewer than {FEW_OF_A_CLASS} patients with or without the finding"
    return f'<p class="soft">{mark}: read these figures with care.</p>\n'


def _model(report: Report, name: str) -> str:
    figures, rare = report.models[name].labels, report.rare_labels or []
    body = _labels(name, figures, rare) + _decisions(name, figures, rare)
    return folded(f"{name}: all figures of each label", body)


def _label_differences(comparison: Comparison, rare: Sequence[str]) -> str:
    header = ("Label", "Δ AUC", "p (DeLong)", "p (Holm)")
    rows = [
        (name, with_interval(one.delta, one.ci, 4), p_value(one.p_delong), p_value(one.p_holm))
        for name, one in comparison.labels.items()
    ]
    missing = missing_differences(comparison.labels)
    body = table(comparison.name, header, rows, rare) + why_missing(missing)
    return folded(f"{comparison.name}, label by label", body)


def _labels(model: str, figures: Mapping[str, LabelFigures], rare: Sequence[str]) -> str:
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
    ranking = table(f"{model}: ranking and calibration", header, rows, rare)
    return ranking + why_missing(missing_aucs(figures))


def _decisions(model: str, figures: Mapping[str, LabelFigures], rare: Sequence[str]) -> str:
    if not any(each.is_decided for each in figures.values()):
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
    return table(f"{model}: decisions at {at}", header, rows, rare) + why * bool(missing)


def _groups(title: str, variable: Groups, rare: Sequence[str]) -> str:
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
    return table(title, header, rows) + why_missing(missing) + _gaps(title, variable.gaps, rare)


def _gaps(title: str, gaps: Mapping[str, Gap | None], rare: Sequence[str]) -> str:
    header = ("Label", "Highest", "Lowest", "Gap in AUC", "Flagged")
    known = {name: gap for name, gap in gaps.items() if gap}
    rows = [
        (name, gap.high, gap.low, with_interval(gap.gap, gap.ci), "yes" if gap.flagged else "no")
        for name, gap in known.items()
    ]
    missing = ((name, gap.ci_missing) for name, gap in known.items())
    caption = f"{title}: largest gap of each label"
    return table(caption, header, rows, rare) + why_missing(missing) if rows else ""
