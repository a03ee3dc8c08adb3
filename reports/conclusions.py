"""The conclusions of a report: a sentence for each group of comparisons."""

from collections.abc import Sequence

from evaluation.comparison import LEVEL
from reports.report_figures import Comparison, Correction
from reports.report_tree import Report
from reports.wording import DIGITS, labels_counted, number, reasons, with_interval


def conclusions(report: Report) -> list[str]:
    """The answer: a sentence for each group of comparisons, or for each model."""
    groups: dict[str, list[Comparison]] = {}
    for each in report.comparisons:
        groups.setdefault(each.setting.setting if each.setting else "", []).append(each)
    sentences = [together(setting, comparisons) for setting, comparisons in groups.items()]
    sentences = sentences or [_level(name, report) for name in report.models]
    where = "On synthetic images: " if report.synthetic else ""
    return [f"{where if place == 0 else ''}{each}." for place, each in enumerate(sentences)]


def together(setting: str, comparisons: Sequence[Comparison]) -> str:
    """`Adding A to the embedding, dual_input raised macro AUC over cnn by 0.019 [0.012, 0.025]; …`.

    One comparison without a setting reads `Using A in place of B raised …`; of several the
    greatest difference comes first. Where no claim can be made, the reason follows.
    """
    first, *others = sorted(comparisons, key=lambda each: -(each.delta_macro_auc or 0))
    unclaimed = _unclaimed([(each.model, each.macro_ci_missing) for each in comparisons])
    if not (setting or others):
        changed = change(first, "macro AUC")
        return f"Using {first.model} in place of {first.baseline} {changed}{unclaimed}"
    changes = [f"{first.model} {change(first, f'macro AUC over {first.baseline}')}"]
    changes += [f"{each.model} {change(each, 'it')}" for each in others]
    return f"{f'{setting}, ' if setting else ''}{'; '.join(changes)}{unclaimed}"


def change(comparison: Comparison, what: str) -> str:
    """`raised macro AUC by 0.019 [0.012, 0.025]`, or that there is no evidence of a change."""
    delta, interval = comparison.delta_macro_auc, comparison.macro_ci
    if interval is None:
        return f"changed {what} by {number(delta)}"
    changed = f"changed {what} by {with_interval(delta, interval)}"
    if interval[0] <= 0 <= interval[1]:
        is_control = comparison.setting is not None and comparison.setting.control
        return changed if is_control else f"{changed}: no evidence that it helps"
    correction = comparison.correction or Correction(None, None)
    # Rounded, since 0.05 is reached by multiplying.
    if round(correction.p_holm or 0, 9) > LEVEL:
        return f"{changed}: {_uncertain(correction)}"
    verb = "raised" if interval[0] > 0 else "lowered"
    ends = sorted(abs(end) for end in interval)
    digits = DIGITS if ends[0] >= 0.5 * 10**-DIGITS else 2 * DIGITS
    return f"{verb} {what} by {with_interval(abs(delta or 0), ends, digits)}"


def _uncertain(correction: Correction) -> str:
    """Why a difference whose interval leaves out 0 is not claimed."""
    if needed := correction.replicates_needed:
        return (
            "no claim, because there are too few replicates to correct for the number of models;"
            f" at least {needed:,} are needed (--replicates {needed})"
        )
    return "no evidence after correction for the number of models"


def _unclaimed(figures: Sequence[tuple[str, str | None]]) -> str:
    """`. No interval or test: …`, with names unless all models share the reason; else nothing."""
    causes = {why for _, why in figures}
    if len(causes) == 1:
        return "".join(f". No interval or test: {why}" for why in causes if why)
    return "".join(f". N{line[1:]}" for line in reasons(figures))


def _level(name: str, report: Report) -> str:
    figures = report.models[name]
    ci, why = figures.macro_auc_ci, figures.macro_auc_ci_missing
    level = with_interval(figures.macro_auc, ci) if ci else number(figures.macro_auc)
    over = labels_counted(figures, len(report.labels))
    return f"{name} reaches a macro AUC of {level} over {over}{_unclaimed([(name, why)])}"
