"""A verdict in words: the answer in one sentence, figures as people read them."""

from collections.abc import Sequence
from typing import Any

Report = dict[str, Any]
NONE = "–"
DIGITS = 3


def answers(report: Report) -> list[str]:
    """What was asked, answered: a sentence for each comparison, or without one for each model."""
    told = [difference(each) for each in report["comparisons"]]
    told = told or [_level(name, report) for name in report["models"]]
    where = "On synthetic films: " if report["synthetic"] else ""
    return [f"{where}{each}." for each in told]


def difference(comparison: dict[str, Any]) -> str:
    """`Using A in place of B raised macro AUC by 0.019 [0.012, 0.025]`, or that nothing shows it.

    A comparison may bring its own `subject`, such as `Adding A to B`.
    """
    names = f"Using {comparison['model']} in place of {comparison['baseline']}"
    subject = comparison.get("subject", names)
    delta, interval = comparison["delta_macro_auc"], comparison["ci"]
    if interval is None or interval[0] <= 0 <= interval[1]:
        told = with_interval(delta, interval)
        return f"{subject} changed macro AUC by {told}: no evidence that it helps"
    verb = "raised" if interval[0] > 0 else "lowered"
    ends = sorted(abs(end) for end in interval)
    digits = DIGITS if ends[0] >= 0.5 * 10**-DIGITS else 2 * DIGITS
    return f"{subject} {verb} macro AUC by {with_interval(abs(delta), ends, digits)}"


def number(value: float | None, digits: int = DIGITS) -> str:
    """A figure with a true minus sign, or a dash where there is none."""
    if value is None:
        return NONE
    # Rounding first, so that no figure reads −0.000.
    return f"{round(value, digits) + 0:.{digits}f}".replace("-", "−")


def with_interval(
    value: float | None, interval: Sequence[float] | None, digits: int = DIGITS
) -> str:
    """`0.838 [0.832, 0.844]`."""
    if value is None or interval is None:
        return number(value, digits)
    low, high = (number(end, digits) for end in interval)
    return f"{number(value, digits)} [{low}, {high}]"


def p_value(value: float | None) -> str:
    """A p value as it is usually printed."""
    return NONE if value is None else "< 0.001" if value < 0.001 else f"{value:.3f}"


def subject_matter(report: Report) -> str:
    """`22,433 films of 6,187 patients, 14 labels`."""
    data = report["data"]
    return (
        f"{data['films']:,} films of {data['patients']:,} patients, {len(report['labels'])} labels"
    )


def _level(name: str, report: Report) -> str:
    figures = report["models"][name]
    level = with_interval(figures["macro_auc"], figures["macro_auc_ci"])
    n_labels, n_all = figures["labels_in_macro"], len(report["labels"])
    over = f"{n_labels} labels" if n_labels == n_all else f"{n_labels} of {n_all} labels"
    return f"{name} reaches a macro AUC of {level} over {over}"
