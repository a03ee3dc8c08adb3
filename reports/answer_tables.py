"""The answers of comparisons as tables: what they follow from, and every two models as a matrix."""

from collections.abc import Iterator, Sequence

from evaluation.outcomes import LOWERS, RAISES
from reports import html_tables, pages
from reports.report_figures import Comparison
from reports.report_tree import Report
from reports.wording import NONE, number, p_value, patients_needed, short_answer

DIGITS = 4


def answers(report: Report) -> str:
    """Equivalence and power of each comparison with the baseline as HTML; nothing without any."""
    if not report.comparisons:
        return ""
    power = ("Shown with 80 % power", "Patients for the observed difference")
    header = ("Model − baseline", "Answer", "90 % interval", "p (equivalence)", *power)
    rows = map(_answer, report.comparisons)
    return html_tables.table("Equivalence and power, macro AUC", header, rows)


def all_pairs(report: Report) -> str:
    """The matrix as HTML, and the pairs without the baseline folded; nothing for one baseline."""
    if not report.other_pairs:
        return ""
    header, *rows = matrix(report)
    caption = "Difference in macro AUC: the model of the row minus that of the column"
    others = html_tables.of_pairs("Differences between other models", report.other_pairs)
    return html_tables.table(caption, header, rows) + pages.folded("All other pairs", others)


def matrix(report: Report) -> list[tuple[str, ...]]:
    """A header of models, then a row for each model: its differences and how certain they are."""
    both = {(each.model, each.baseline): each for each in report.pairs}
    names = compared(report.pairs)
    rows = [(name, *_cells(name, names, both)) for name in names]
    return [("Model", *names), *rows]


def compared(pairs: Sequence[Comparison]) -> list[str]:
    """The models of pairs, each once, the baseline first."""
    return [*dict.fromkeys(name for each in pairs for name in (each.baseline, each.model))]


def _answer(each: Comparison) -> tuple[str, ...]:
    found, ends = each.outcome, each.outcome.equivalence_ci
    interval = f"[{', '.join(number(end, DIGITS) for end in ends)}]" if ends else NONE
    shown = number(found.smallest_difference, DIGITS)
    needed = patients_needed(each)
    return each.name, short_answer(each), interval, p_value(found.equivalence_p), shown, needed


def _cells(
    name: str, names: Sequence[str], both: dict[tuple[str, str], Comparison]
) -> Iterator[str]:
    """`0.0190 raises` for each model of a column; seen from there the same pair reads `lowers`."""
    turned = {RAISES: LOWERS, LOWERS: RAISES}
    for other in names:
        if found := both.get((name, other)):
            yield f"{number(found.delta_macro_auc, DIGITS)} {found.answer}"
        elif found := both.get((other, name)):
            delta = None if found.delta_macro_auc is None else -found.delta_macro_auc
            yield f"{number(delta, DIGITS)} {turned.get(found.answer, found.answer)}"
        else:
            yield ""
