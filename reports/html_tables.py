"""Tables as HTML that a script can sort, and the report's tables of models over all labels."""

import re
from collections.abc import Collection, Iterable, Sequence
from html import escape
from itertools import compress

from reports.member_shares import shares
from reports.report_figures import Comparison
from reports.report_tree import Count, Report
from reports.wording import (
    by_seed,
    macro_p,
    macro_p_holm,
    micro_p,
    number,
    reasons,
    reference_baselines,
    short_answer,
    with_interval,
)

# Marks a label that few patients have, or are without.
RARE = " †"
# Of one label, macro and micro AUC are the same.
REPEATED = ("Labels", "Micro AUC", "Δ micro AUC", "p (micro)")
# Characters of a text in a cell that may be broken into lines.
LONG = 16
# The number that a cell starts with, which it is sorted by: `0.74 [0.70, 0.78]`, `12 (4.0 %)`.
NUMBER = re.compile(r"(?P<less>[<≤] )?(?P<value>[−-]?\d[\d,]*(?:\.\d+)?)")


def models(report: Report) -> str:
    """Macro and micro AUC of each model and its calibration, then the reference baselines."""
    baselines = reference_baselines(report)
    rows = [(name, macro, "", micro, "", "") for name, macro, micro in baselines]
    return _models(report, rows) + _shares(report)


def of_controls(report: Report) -> str:
    """The tables of the width-matched controls; nothing without any."""
    controls = report.of_controls()
    if not controls.models:
        return ""
    return _models(controls, []) + comparisons(controls) + seeds(controls)


def seeds(report: Report) -> str:
    """Macro AUC of each training seed, where there are several."""
    rows = by_seed(report)
    if not rows:
        return ""
    header, *values = rows
    return table("Macro AUC of each training seed", [name.capitalize() for name in header], values)


def comparisons(report: Report) -> str:
    """Differences of each pair of models, over all labels."""
    return of_pairs("Differences over all labels", report.comparisons)


def of_pairs(caption: str, pairs: Sequence[Comparison]) -> str:
    """A row for each of these pairs of models; nothing where there are none."""
    overall = ("Answer", "Δ macro AUC", "p", "p (Holm)")
    header = ("Model − baseline", *overall, "Δ micro AUC", "p (micro)")
    rows = [
        (
            each.name,
            short_answer(each),
            with_interval(each.delta_macro_auc, each.macro_ci, 4),
            macro_p(each),
            macro_p_holm(each),
            with_interval(each.delta_micro_auc, each.micro_ci, 4),
            micro_p(each),
        )
        for each in pairs
    ]
    missing = (
        (f"{each.name} ({what} AUC)", why)
        for each in pairs
        for what, why in (("macro", each.macro_ci_missing), ("micro", each.micro_ci_missing))
    )
    kept = _once(any(len(each.labels) > 1 for each in pairs), header, rows)
    return table(caption, *kept) + why_missing(missing) if rows else ""


def prevalences(report: Report) -> str:
    """How often each label is in each set of the split."""
    counts = report.split.labels
    names = list(next(iter(counts.values())))
    rows = [(label, *(_share(by_set[name]) for name in names)) for label, by_set in counts.items()]
    header = ("Label", *(name.capitalize() for name in names))
    title = "Positives, and their share of the images that report the label"
    return table(title, header, rows, report.rare_labels or ())


def table(
    caption: str, header: Sequence[str], rows: Iterable[Sequence[str]], rare: Collection[str] = ()
) -> str:
    """A table under its caption; the first cell heads its row, and rows of rare names are faint."""
    top = "".join(f'<th scope="col">{breakable(name)}</th>' for name in header)
    body = "".join(_row(cells, cells[0] in rare) for cells in rows)
    return scrolling(
        caption,
        f'<table class="sortable">\n<caption>{escape(caption)}</caption>\n'
        f"<thead><tr>{top}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>",
    )


def scrolling(name: str, wide: str) -> str:
    """Wide content that scrolls by itself on a narrow screen, by keyboard too."""
    opening = f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(name)}">'
    return f"{opening}\n{wide}\n</div>\n"


def why_missing(figures: Iterable[tuple[str, str | None]]) -> str:
    """Why figures of the table above have no interval; nothing where all have one."""
    return "".join(f'<p class="soft">N{escape(line[1:])}.</p>\n' for line in reasons(figures))


def breakable(name: str) -> str:
    """A name as HTML that goes on in a new line after a colon or plus: `dual_input:cnn+words`."""
    return re.sub(r"(?<=[:+])(?=\w)", "<wbr>", escape(name))


def sorted_by(cell: str) -> str:
    """What a cell is sorted by, as JavaScript reads it; "" for a cell without a number."""
    found = NUMBER.match(cell)
    if not found:
        return ""
    value = float(found["value"].replace("−", "-").replace(",", ""))
    # `< 0.001` comes before 0.001.
    return f"{value / 2 if found['less'] else value:g}"


def _models(report: Report, more: Sequence[tuple[str, ...]]) -> str:
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
    missing = (
        (f"{what} AUC of {name}", why)
        for name, figures in report.models.items()
        for what, why in (
            ("macro", figures.macro_auc_ci_missing),
            ("micro", figures.micro_auc_ci_missing),
        )
    )
    kept = _once(len(report.labels) > 1, header, [*rows, *more])
    return table("All images", *kept) + why_missing(missing)


def _once(
    several: bool, header: Sequence[str], rows: Sequence[Sequence[str]]
) -> tuple[list[str], list[list[str]]]:
    """A header and rows without the columns that repeat the macro AUC where there is one label."""
    kept = [several or name not in REPEATED for name in header]
    return list(compress(header, kept)), [list(compress(row, kept)) for row in rows]


def _shares(report: Report) -> str:
    """The share of each member of a fusion, where there is one."""
    rows = shares(report)
    return table("Shares of members", ("Model", "Member", "Share"), rows) if rows else ""


def _row(cells: Sequence[str], rare: bool) -> str:
    first, *others = cells
    values = "".join(map(_cell, others))
    opening = '<tr class="rare">' if rare else "<tr>"
    return f'{opening}<th scope="row">{breakable(first + RARE * rare)}</th>{values}</tr>\n'


def _cell(text: str) -> str:
    value = sorted_by(text)
    kind = (
        f' data-value="{value}"'
        if value
        else ' class="text"'
        if len(text) > LONG and text[0].isalpha()
        else ""
    )
    return f"<td{kind}>{escape(text)}</td>"


def _share(count: Count) -> str:
    share = 100 * count.positives / max(count.images, 1)
    return f"{count.positives:,} ({share:.1f} %)"
