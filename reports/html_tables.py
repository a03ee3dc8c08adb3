"""The report's tables as HTML: models, differences, labels, groups of patients."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from reports.wording import (
    Report,
    by_seed,
    floors,
    missing_of,
    number,
    p_value,
    reasons,
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
    """Macro and micro AUC of each model, calibration; the floors below."""
    header = ("Model", "Macro AUC", "Labels", "Micro AUC", "Brier score", "Calibration error")
    rows = [
        (
            name,
            with_interval(figures["macro_auc"], figures["macro_auc_ci"], 4),
            str(figures["labels_in_macro"]),
            with_interval(figures["micro_auc"], figures["micro_auc_ci"], 4),
            number(figures["calibration"]["brier"], 4),
            number(figures["calibration"]["ece"], 4),
        )
        for name, figures in report["models"].items()
    ]
    rows += [(name, macro, "", micro, "", "") for name, macro, micro in floors(report)]
    missing = (
        (f"{what} AUC of {name}", figures[f"{what}_auc_ci_missing"])
        for name, figures in report["models"].items()
        for what in ("macro", "micro")
    )
    return table("All films", header, rows) + _reasons(missing) + _seeds(report) + _shares(report)


def _seeds(report: Report) -> str:
    """Macro AUC of each training seed alone, where there are several."""
    rows = by_seed(report)
    if not rows:
        return ""
    header, *values = rows
    titles = [title.capitalize() for title in header]
    return table("Macro AUC of each training seed alone", titles, values)


def _shares(report: Report) -> str:
    """The share of each member of a fusion, where there is one."""
    rows = shares(report)
    return table("Shares of members", ("Model", "Member", "Share"), rows) if rows else ""


def comparisons(report: Report) -> str:
    """Differences of each pair of models, over all labels."""
    header = ("Model less baseline", "Δ macro AUC", "p", "p (Holm)", "Δ micro AUC", "p (micro)")
    rows = [
        (
            f"{each['model']} − {each['baseline']}",
            with_interval(each["delta_macro_auc"], each["ci"], 4),
            p_value(each["p"]),
            p_value(each.get("p_holm")),
            with_interval(each["delta_micro_auc"], each["micro_ci"], 4),
            p_value(each["micro_p"]),
        )
        for each in report["comparisons"]
    ]
    missing = (
        (f"{each['model']} − {each['baseline']} ({what} AUC)", each[key])
        for each in report["comparisons"]
        for what, key in (("macro", "ci_missing"), ("micro", "micro_ci_missing"))
    )
    told = table("Differences over all labels", header, rows) + _reasons(missing)
    return told if rows else ""


def label_differences(report: Report) -> str:
    """Differences of each pair of models, label by label."""
    return "".join(map(_label_differences, report["comparisons"]))


def parts(report: Report) -> str:
    """How often each label is in each part of the split."""
    told = report["split"]["labels"]
    names = list(next(iter(told.values())))
    rows = [(label, *(_share(counts[name]) for name in names)) for label, counts in told.items()]
    header = ("Label", *(name.capitalize() for name in names))
    return table("Positives, and their share of the films that report the label", header, rows)


def labels(report: Report) -> str:
    """Per-label figures of each model; decisions too where it has thresholds."""
    return "".join(
        _labels(name, figures["labels"]) + _decisions(name, figures["labels"])
        for name, figures in report["models"].items()
    )


def subgroups(report: Report) -> str:
    """AUC of each group of patients, and the largest gap of each label, by model and variable."""
    return "".join(
        _groups(f"{model}, {VARIABLES.get(variable, variable).lower()}", told)
        for model, variables in report["subgroups"].items()
        for variable, told in variables.items()
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
    """Something wide that scrolls by itself on a narrow screen, by keyboard too."""
    opening = f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(name)}">'
    return f"{opening}\n{wide}\n</div>\n"


def _reasons(figures: Iterable[tuple[str, str | None]]) -> str:
    """Why figures of the table above have no interval; nothing where all have one."""
    return "".join(f'<p class="soft">N{escape(line[1:])}.</p>\n' for line in reasons(figures))


def _row(cells: Sequence[str]) -> str:
    first, *others = map(escape, cells)
    return f'<th scope="row">{first}</th>' + "".join(f"<td>{cell}</td>" for cell in others)


def _share(counts: dict[str, int]) -> str:
    share = 100 * counts["positives"] / max(counts["films"], 1)
    return f"{counts['positives']:,} ({share:.1f} %)"


def _label_differences(comparison: dict[str, Any]) -> str:
    header = ("Label", "Δ AUC", "p (DeLong)", "p (Holm)")
    rows = [
        (
            name,
            with_interval(figures["delta"], figures["ci"], 4),
            p_value(figures["p_delong"]),
            p_value(figures["p_holm"]),
        )
        for name, figures in comparison["labels"].items()
    ]
    told = table(f"{comparison['model']} − {comparison['baseline']}", header, rows)
    return told + _reasons(missing_of(comparison["labels"], "delta", "ci"))


def _labels(model: str, figures: dict[str, dict[str, Any]]) -> str:
    header = ("Label", "AUC", "Positives", "Films", "Average precision", "Brier", "Calibration")
    rows = [
        (
            name,
            with_interval(each["auc"], each["auc_ci"], 4),
            f"{each['positives']:,}",
            f"{each['films']:,}",
            number(each["average_precision"]),
            number(each["brier"], 4),
            number(each["ece"], 4),
        )
        for name, each in figures.items()
    ]
    told = table(f"{model}: ranking and calibration", header, rows)
    return told + _reasons(missing_of(figures, "auc", "auc_ci"))


def _decisions(model: str, figures: dict[str, dict[str, Any]]) -> str:
    if all(each["threshold"] is None for each in figures.values()):
        return ""
    several = any(each["threshold_range"] for each in figures.values())
    header = ("Label", "Threshold", "Decided", *DECISIONS.values(), "TP", "FP", "FN", "TN")
    rows = [
        (
            name,
            threshold(each),
            f"{each['films_decided']:,} of {each['films']:,}",
            *(number(each[key]) for key in DECISIONS),
            *(number(each[key], 0) for key in COUNTS),
        )
        for name, each in figures.items()
    ]
    at = "thresholds of each fold" if several else "its thresholds"
    missing = [
        f"{name}: {each['recall_missing']}"
        for name, each in figures.items()
        if each["recall_missing"]
    ]
    why = f'<p class="soft">No recall or F1 for {escape("; ".join(missing))}.</p>\n'
    return table(f"{model}: decisions at {at}", header, rows) + why * bool(missing)


def _groups(title: str, told: dict[str, Any]) -> str:
    header = ("Group", "Films", "Patients", "Macro AUC", "Labels")
    rows = [
        (
            name,
            f"{each['films']:,}",
            f"{each['patients']:,}",
            with_interval(each["macro_auc"], each["macro_auc_ci"]),
            str(each["labels_in_macro"]),
        )
        for name, each in told["groups"].items()
    ]
    missing = ((name, each["macro_auc_ci_missing"]) for name, each in told["groups"].items())
    return table(title, header, rows) + _reasons(missing) + _gaps(title, told["gaps"])


def _gaps(title: str, gaps: dict[str, dict[str, Any] | None]) -> str:
    header = ("Label", "Highest", "Lowest", "Gap in AUC", "Flagged")
    rows = [
        (
            name,
            gap["high"],
            gap["low"],
            with_interval(gap["gap"], gap["ci"]),
            "yes" if gap["flagged"] else "no",
        )
        for name, gap in gaps.items()
        if gap
    ]
    missing = ((name, gap.get("ci_missing")) for name, gap in gaps.items() if gap)
    told = table(f"{title}: largest gap of each label", header, rows) + _reasons(missing)
    return told if rows else ""
