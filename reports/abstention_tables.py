"""Abstaining in words and tables: coverage of each label, and the risk-coverage curve."""

from collections.abc import Iterator

from evaluation.conformal_coverage import beyond, not_guaranteed, shifted
from reports.abstention_figures import Abstention, Covered
from reports.html_tables import table
from reports.pages import folded, items
from reports.report_tree import Report
from reports.wording import NONE, number, with_interval

NOT_GUARANTEED = "cannot be guaranteed"
EXPLAINED = (
    "predict --abstain answers present, absent or cannot say. At a level of 0.1, at most a tenth of"
    " the patients with a finding is called absent, and at most a tenth of those without it is"
    " called present, if the patients are like those of the validation images. The share of answers"
    " that are wrong may be larger, because only some decisions are answered. At high levels fewer"
    " are answered: many images then look unlike both kinds of patients.",
    "Coverage is the share of patients who do not get a wrong answer: right answers and cannot say"
    " both count. It is what these images show, not a promise for others.",
    "Of several trainings, answers count as their mean. A label with too few validation patients"
    " always gets cannot say.",
)


def sentence(found: Abstention | None) -> str:
    """How many pairs are answered at the level, how often wrongly, and the lowest coverage."""
    if not found:
        return ""
    sides = [
        (side.coverage, name)
        for name, one in found.labels.items()
        for side in (one.with_finding, one.without_finding)
        if side.coverage is not None
    ]
    text = f"abstaining at level {found.level:g}: {_percent(found.answered)} answered"
    if found.wrong is not None:
        text += f", {_percent(found.wrong)} of these wrong"
    if sides:
        lowest, name = min(sides)
        text += f"; lowest coverage {number(lowest, 2)} ({name})"
    return text


def notes(found: Abstention | None) -> list[str]:
    """Notes on labels without a guarantee, and on those whose coverage is below the level."""
    if not found:
        return []
    names = found.without_guarantee
    missed = beyond(found.level, shifted(found.as_json()))
    return [not_guaranteed(names, found.level)] * bool(names) + missed


def rows(found: Abstention) -> Iterator[tuple[str, ...]]:
    """A row for each label: coverage with and without the finding, and the share answered."""
    for name, one in found.labels.items():
        if one.guaranteed:
            sides = (_coverage(one.with_finding), _coverage(one.without_finding))
            yield name, *sides, NONE if one.answered is None else _percent(one.answered)
        else:
            yield name, NOT_GUARANTEED, NOT_GUARANTEED, _percent(0)


def abstaining(report: Report) -> str:
    """Models over all labels and levels, then each label, folded; nothing without any figures."""
    known = {name: one.abstention for name, one in report.models.items() if one.abstention}
    if not known:
        return ""
    first = next(iter(known.values()))
    header = ("Level", *(f"{name}: {kind}" for name in known for kind in ("answered", "wrong")))
    by_level = [
        (
            f"{level:g}",
            *(
                NONE if share is None else _percent(share)
                for each in known.values()
                for share in (each.curve.answered[place], each.curve.wrong[place])
            ),
        )
        for place, level in enumerate(first.curve.levels)
    ]
    caption = "Share of all decisions (a label of an image) answered, and of answers that are wrong"
    shown = known | _elsewhere(report)
    return (
        table(caption, header, by_level)
        + "".join(
            folded(f"{name}: coverage of each label", _of_labels(name, each))
            for name, each in shown.items()
        )
        + items(EXPLAINED)
    )


def _elsewhere(report: Report) -> dict[str, Abstention]:
    """The figures of each model on each external data set, by both names."""
    return {
        f"{name} on {site}": one.abstention
        for site, each in (report.external or {}).items()
        for name, one in each.evaluated.models.items()
        if one.abstention and name in report.models
    }


def _of_labels(name: str, found: Abstention) -> str:
    header = ("Label", "With the finding", "Without the finding", "Answered")
    caption = f"{name}: coverage at level {found.level:g}"
    return table(caption, header, [*rows(found)]) + items(notes(found))


def _coverage(side: Covered) -> str:
    return f"{with_interval(side.coverage, side.ci)} of {side.patients:,}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
