"""Both answers of a comparison: over the labels as they were, and over the corrected ones."""

from html import escape

import numpy as np

from evaluation.truth import Truth
from reports.audit_figures import CorrectedLabels, OriginalComparison, OriginalModel
from reports.html_tables import table
from reports.report_figures import Evaluated
from reports.report_tree import Report
from reports.wording import capital, with_interval

FAVOURED = (
    "{:,} labels were corrected. If only labels that these models contradict were read again, this"
    " raises their AUCs: compare both answers under Corrected labels"
)


def of(original: Evaluated, before: Truth, after: Truth) -> CorrectedLabels:
    """What was corrected among the labels evaluated, and the answers without it, controls aside."""
    same = (before.labels == after.labels) | (np.isnan(before.labels) & np.isnan(after.labels))
    counts = np.count_nonzero(~same, axis=0).tolist()
    models = {name: one for name, one in original.models.items() if not one.is_control}
    return CorrectedLabels(
        {name: count for name, count in zip(after.label_names, counts, strict=True) if count},
        {name: OriginalModel(one.macro_auc, one.macro_auc_ci) for name, one in models.items()},
        [
            OriginalComparison(
                each.model, each.baseline, each.delta_macro_auc, each.macro_ci, each.answer
            )
            for each in original.comparisons
            if each.model in models
        ],
    )


def caution(found: CorrectedLabels) -> list[str]:
    """That corrections may favour the models; nothing if none of the evaluated labels changed."""
    changed = sum(found.changed.values())
    return [FAVOURED.format(changed)] if changed else []


def lines(report: Report) -> list[tuple[str, str, str]]:
    """Macro AUCs and differences with both answers, as rows below a header; [] without any."""
    found = report.corrected_labels
    if found is None:
        return []
    rows = [("macro AUC", "original labels", "corrected labels")]
    for name, before in found.models.items():
        now = report.models[name]
        rows.append(
            (
                name,
                with_interval(before.macro_auc, before.macro_auc_ci, 4),
                with_interval(now.macro_auc, now.macro_auc_ci, 4),
            )
        )
    after = {(each.model, each.baseline): each for each in report.pairs}
    for one in found.comparisons:
        other = after[one.model, one.baseline]
        first = with_interval(one.delta_macro_auc, one.ci, 4)
        second = with_interval(other.delta_macro_auc, other.macro_ci, 4)
        rows += [(other.name, first, second), ("", one.answer, other.answer)]
    return rows


def section(report: Report) -> str:
    """Both answers side by side, and what was corrected; nothing without corrections."""
    if not (found := report.corrected_labels):
        return ""
    header, *rows = lines(report)
    counted = ", ".join(f"{name} {count:,}" for name, count in found.changed.items())
    text = (
        f"Corrected labels of the evaluated images: {counted or 'none'}. Both columns evaluate the"
        " same predictions."
    )
    return f'<p class="soft">{escape(text)}</p>\n' + table(
        "Original and corrected labels", [*map(capital, header)], rows
    )
