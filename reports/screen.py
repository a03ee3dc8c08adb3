"""A report as lines for a terminal of 80 columns: the answer first, then short tables."""

from collections.abc import Iterable, Iterator, Sequence

from reports import (
    audit_html,
    class_html,
    corrected_labels,
    external_wording,
    metric_tables,
    robustness_section,
    tuning_text,
)
from reports.columns import aligned, blocks, wrapped
from reports.conclusions import answer, headline
from reports.member_shares import shares
from reports.report_figures import Comparison
from reports.report_tree import Report
from reports.wording import (
    by_seed,
    macro_p,
    macro_p_holm,
    micro_p,
    missing,
    reasons,
    reference_baselines,
    short_answer,
    subject_matter,
    with_interval,
)


def lines(report: Report) -> list[str]:
    """The answer, the data, and the figures of every model, comparison and label."""
    shown, controls = report.without_controls(), report.of_controls()
    first, said = headline(report), answer(report)
    return [
        *wrapped(first),
        *(line for each in said if each != first for line in wrapped(each)),
        *(line for each in report.cautions for line in wrapped(f"caution: {each}", "  ")),
        *wrapped(f"{subject_matter(report)}; split: {report.split.name}", "  "),
        *(line for each in report.data.notes for line in wrapped(f"note: {each}", "  ")),
        *_models("models", shown, reference_baselines(report)),
        *_seeds(shown),
        *_shares(shown),
        *_comparisons("differences", shown.comparisons),
        *_external(shown),
        *_robustness(shown),
        *_comparisons("other pairs", shown.other_pairs),
        *_tuning(shown),
        *_labels(shown),
        *(["", *aligned([*class_html.lines(shown)])] if report.classes else []),
        *_metrics(shown),
        *(_controls(controls) if controls.models else []),
        *(["", *aligned(corrected_labels.lines(shown))] if report.corrected_labels else []),
        *(["", *wrapped(audit_html.sentence(report.audit))] if report.audit else []),
        *(line for why in reasons(missing(shown.evaluated)) for line in ("", *wrapped(why, "  "))),
        "",
    ]


def _models(title: str, report: Report, more: Iterable[tuple[str, ...]] = ()) -> list[str]:
    rows: list[tuple[str, ...]] = [(title, "macro AUC [95 %]", "micro AUC [95 %]")]
    rows += [
        (
            name,
            with_interval(figures.macro_auc, figures.macro_auc_ci, 4),
            with_interval(figures.micro_auc, figures.micro_auc_ci, 4),
        )
        for name, figures in report.models.items()
    ]
    # Of one label, macro and micro AUC are the same.
    columns = 3 if len(report.labels) > 1 else 2
    return ["", *aligned([row[:columns] for row in [*rows, *more]])]


def _metrics(report: Report) -> list[str]:
    """The metrics that are headlines; the report has all."""
    rows = metric_tables.headlines(report)
    if not rows:
        return []
    names, figures = [row[:1] for row in rows], [row[1:] for row in rows]
    return ["", *blocks(names, figures)]


def _seeds(report: Report) -> list[str]:
    """The macro AUC of each seed, in blocks of as many seeds as fit."""
    rows = by_seed(report)
    if not rows:
        return []
    shown = blocks([row[:1] for row in rows], [row[1:] for row in rows])
    return ["", "macro AUC of each training seed", *shown]


def _shares(report: Report) -> list[str]:
    rows = shares(report)
    return ["", *aligned([("model", "member", "share"), *rows])] if rows else []


def _comparisons(title: str, comparisons: Sequence[Comparison]) -> list[str]:
    """A row for the macro and one for the micro AUC of each comparison, then its answer.

    With one label, the micro AUC is the same and has no row.
    """
    if not comparisons:
        return []
    rows = [(title, "AUC", "difference [95 %]", "p", "p (Holm)")]
    for each in comparisons:
        macro = with_interval(each.delta_macro_auc, each.macro_ci, 4)
        micro = with_interval(each.delta_micro_auc, each.micro_ci, 4)
        rows.append((each.name, "macro", macro, macro_p(each), macro_p_holm(each)))
        if len(each.labels) > 1:
            rows.append(("", "micro", micro, micro_p(each), ""))
        rows.append(("", "answer", short_answer(each), "", ""))
    return ["", *aligned(rows)]


def _external(report: Report) -> Iterator[str]:
    """What is lost on each external data set."""
    for name, site in (report.external or {}).items():
        yield ""
        yield from wrapped(f"on {name}: {external_wording.described(site)}", "  ")
        yield from aligned([("", *external_wording.HEADS), *external_wording.short_rows(site)])


def _robustness(report: Report) -> list[str]:
    """Whether gains survive changes of acquisition."""
    lines = [line for each in robustness_section.sentences(report) for line in wrapped(each, "  ")]
    return ["", *lines] if lines else []


def _tuning(report: Report) -> list[str]:
    """How the models were tuned, and what it changed."""
    if not report.tuning:
        return []
    said = [line for each in tuning_text.sentences(report.tuning) for line in wrapped(each, "  ")]
    tables = tuning_text.levels(report.tuning), tuning_text.differences(report.tuning)
    return ["", *said, *(line for rows in tables if rows[1:] for line in ("", *aligned(rows)))]


def _controls(controls: Report) -> list[str]:
    """The width-matched controls in a block of their own."""
    return [
        *_models("width-matched controls", controls),
        *_comparisons("differences of controls", controls.comparisons),
        *_shares(controls),
    ]


def _labels(report: Report) -> list[str]:
    """AUC of each label, in blocks of as many models as fit."""
    first, rare = next(iter(report.models.values())).labels, report.rare_labels or []
    names = [("label", "positives")]
    names += [
        (each + " †" * (each in rare), f"{first[each].positives:,}") for each in report.labels
    ]
    figures: list[list[str]] = [[f"{name} [95 %]" for name in report.models]]
    figures += [
        [
            with_interval(one.labels[label].auc, one.labels[label].auc_ci)
            for one in report.models.values()
        ]
        for label in report.labels
    ]
    few = ["† few patients with or without the finding"] if rare else []
    return ["", "AUC of each label", *blocks(names, figures), *few]
