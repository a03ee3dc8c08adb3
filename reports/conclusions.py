"""The conclusions of a report: its answer, and a sentence for each group of comparisons."""

from collections.abc import Sequence

from datasets.patients import unit
from evaluation.outcomes import EQUIVALENT, LOWERS, RAISES
from reports import external_wording
from reports.report_figures import Comparison
from reports.report_tree import Report
from reports.wording import (
    DIGITS,
    NO_INTERVAL,
    labels_counted,
    margin,
    number,
    patients_needed,
    reasons,
    with_interval,
)

# So many models of one setting are named in the answer.
FEW = 2
LINE = 80


def headline(report: Report) -> str:
    """The answer if it fits a line, else its greatest difference: `B raises macro AUC …`."""
    first = answer(report)[0]
    if len(first) <= LINE:
        return first
    where = "synthetic images: " if report.synthetic else ""
    if not report.comparisons:
        return f"{where}{_level(next(iter(report.models)), report)}."
    best = _best(_named(report) or report.comparisons)
    changed = change(best, f"macro AUC over {best.baseline}")
    return f"{where}{best.model} {changed}{'' if best.macro_ci else f' {NO_INTERVAL}'}."


def answer(report: Report) -> list[str]:
    """The answer in a few sentences: the best models, what they leave open, how others differ."""
    named = _named(report)
    if not named:
        return [*conclusions(report)[:2], *external_wording.answers(report, [])]
    setting = _setting(_best(named))
    alike = [each for each in named if _setting(each) == setting]
    shown = alike if len(alike) <= FEW else [_best(named)]
    others = [each for each in named if each not in shown]
    controls = [each for each in report.comparisons if _is_control(each)]
    where = "On synthetic images: " if report.synthetic else ""
    counted = (_counted(others, "other model"), _counted(controls, "width-matched control"))
    second = "; of ".join(filter(None, counted))
    first = f"{where}{together(setting, shown)}."
    outside = external_wording.answers(report, shown)
    left = open_questions(report, shown)
    return [first, *outside, *left, *([f"Of {second}."] if second else [])]


def conclusions(report: Report) -> list[str]:
    """The answer: a sentence for each group of comparisons, or for each model."""
    groups: dict[str, list[Comparison]] = {}
    for each in report.comparisons:
        groups.setdefault(_setting(each), []).append(each)
    sentences = [together(setting, comparisons) for setting, comparisons in groups.items()]
    sentences = sentences or [_level(name, report) for name in report.models]
    where = "On synthetic images: " if report.synthetic else ""
    told = [f"{where if place == 0 else ''}{each}." for place, each in enumerate(sentences)]
    return [*told, *open_questions(report, _named(report))]


def open_questions(report: Report, comparisons: Sequence[Comparison]) -> list[str]:
    """For each inconclusive comparison, what these patients could show and how many it takes."""
    counted = f"{unit(report.data.patients_from)}s"
    return [
        f"With 80 % power, these {report.data.patients:,} {counted} show a difference of"
        f" {number(each.outcome.smallest_difference)} between {each.model} and {each.baseline};"
        f" showing the observed {number(abs(each.delta_macro_auc or 0))} takes"
        f" {patients_needed(each)} {counted}."
        for each in comparisons
        if each.outcome.patients_needed and not _too_few_replicates(each)
    ]


def together(setting: str, comparisons: Sequence[Comparison]) -> str:
    """`Adding A to the embedding, dual_input raises macro AUC over cnn by 0.019 [0.012, 0.025]; …`.

    One comparison without a setting reads `Using A in place of B raises …`; of several the
    greatest difference comes first. Where there is no interval, the reason follows.
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
    """`raises macro AUC by 0.019 [0.012, 0.025]`, or that the change is equivalent or unclear."""
    delta, interval = comparison.delta_macro_auc, comparison.macro_ci
    if interval is None:
        return f"changes {what} by {number(delta)}"
    ends = sorted(abs(end) for end in interval)
    # An end that would be shown as 0 hides on which side of it the interval ends.
    digits = 2 * DIGITS if 0 < ends[0] < 0.5 * 10**-DIGITS else DIGITS
    if comparison.answer not in (RAISES, LOWERS):
        shown = with_interval(delta, interval, digits)
        return f"changes {what} by {shown}: {_no_difference(comparison)}"
    small = (
        f", less than the margin of {comparison.outcome.margin:g}"
        * comparison.outcome.within_margin
    )
    return f"{comparison.answer} {what} by {with_interval(abs(delta or 0), ends, digits)}{small}"


def _no_difference(comparison: Comparison) -> str:
    """`equivalent within ±0.01`, or `inconclusive`, with the reason if it is a correction."""
    if comparison.answer == EQUIVALENT:
        return f"{EQUIVALENT} within {margin(comparison)}"
    low, high = comparison.macro_ci or (0, 0)
    if low <= 0 <= high:
        return comparison.answer
    if needed := _too_few_replicates(comparison):
        return (
            f"{comparison.answer}, because there are too few replicates to correct for the number"
            f" of models; at least {needed:,} are needed (--replicates {needed})"
        )
    return f"{comparison.answer} after correction for the number of models"


def _too_few_replicates(comparison: Comparison) -> int | None:
    """The replicates that a correction takes, if there are fewer."""
    return comparison.correction.replicates_needed if comparison.correction else None


def _counted(comparisons: Sequence[Comparison], kind: str) -> str:
    """`4 other models, 1 raises it (NAME), none lowers it and 2 are equivalent`."""
    if not comparisons:
        return ""
    claims = [(each.model, each.answer) for each in comparisons]
    parts = [_who([name for name, one in claims if one == verb], verb) for verb in (RAISES, LOWERS)]
    count, equal = len(comparisons), [name for name, one in claims if one == EQUIVALENT]
    if equal:
        parts = [", ".join(parts), f"{len(equal)} {'are' if len(equal) > 1 else 'is'} {EQUIVALENT}"]
    return f"{count} {kind}{'s' * (count > 1)}, {' and '.join(parts)}"


def _named(report: Report) -> list[Comparison]:
    """The comparisons, controls aside."""
    return [each for each in report.comparisons if not _is_control(each)]


def _best(comparisons: Sequence[Comparison]) -> Comparison:
    return max(comparisons, key=lambda each: each.delta_macro_auc or 0)


def _who(names: Sequence[str], verb: str) -> str:
    named = f" ({', '.join(names)})" if 0 < len(names) <= FEW else ""
    plural = len(names) > 1
    return f"{len(names) or 'none'} {verb[:-1] if plural else verb} it{named}"


def _is_control(comparison: Comparison) -> bool:
    return comparison.setting is not None and comparison.setting.control


def _setting(comparison: Comparison) -> str:
    return comparison.setting.setting if comparison.setting else ""


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
