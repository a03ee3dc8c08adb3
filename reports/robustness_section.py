"""Whether gains survive changes of acquisition: sentences, and a section of the report."""

from collections.abc import Iterator

from datasets.sources import counted
from evaluation.outcomes import LOWERS, RAISES
from evaluation.robustness_summary import ALL
from reports import pages, robustness_page, robustness_text
from reports.html_tables import table, why_missing
from reports.json_trees import as_json
from reports.report_figures import Comparison, Interval
from reports.report_tree import Report
from reports.robustness_figures import Robustness
from reports.wording import NONE, figure, with_interval

# What follows from the gains on unchanged and on changed images: clear (1), not (0), a loss (-1).
CLEAR = {
    1: "survives changes of acquisition",
    0: "is not clear on changed images",
    -1: "turns into a loss on changed images",
}
EARLIER = {0: "has no clear gain", -1: "is worse"}
LATER = {
    1: "gains on changed ones",
    0: "not clearly worse on changed ones",
    -1: "is worse on changed ones",
}
ANSWERS = {RAISES: 1, LOWERS: -1}
COMPARED = ("gain", "difference", "corruption_error")
READING = (
    robustness_page.LOSSES,
    robustness_page.ERRORS,
    "A gain is a model's macro AUC minus that of the baseline. p-values are corrected for the"
    " number of changes (Holm), but not for the number of models.",
    robustness_page.DRAWN,
    "For calibration and decisions on changed images, train a bundle and type robustness.",
)


def sentences(report: Report) -> Iterator[str]:
    """For each model whether its gain survives and whether it is sturdier; what is left out."""
    found = report.robustness
    if found is None:
        return
    pairs = [each for each in report.comparisons if each.model in found.models]
    for each in pairs:
        yield from _of_pair(each, found)
    if not pairs:
        loss = found.summary[found.baseline][ALL].losses[found.baseline]
        told = with_interval(loss.value, loss.ci)
        yield f"{found.baseline} loses {told} of macro AUC on changed images ({_over(found)})."
    if pairs:
        yield f"Figures of changed images: {_over(found)}."
    if found.left_out:
        yield f"Not evaluated on changed images: {', '.join(_left_out(report, found))}."


def section(report: Report, curves: str) -> str:
    """The section with its curves, as HTML; nothing for a run without changed images."""
    found = report.robustness
    if found is None:
        return ""
    missing = ((name, found.summary[name][ALL].losses[name].ci_missing) for name in found.models)
    return (
        pages.items([*sentences(report)])
        + table(f"All changes: {_over(found)}", _header(found), _rows(report, found))
        + why_missing(missing)
        + curves
        + "".join(_each_change(name, found) for name in found.models if name != found.baseline)
        + pages.folded("Losses by severity", _by_severity(found))
        + pages.items(READING)
    )


def _of_pair(each: Comparison, found: Robustness) -> Iterator[str]:
    row = as_json(found.summary[each.model][ALL])
    before, after = ANSWERS.get(each.answer, 0), _sign(row["gain"]["ci"])
    if before == 1:
        first = f"The gain of {each.model} {CLEAR[after]}"
    else:
        second = "and changed images" if before == after else f"images, and {LATER[after]}"
        first = f"{each.model} {EARLIER[before]} on unchanged {second}"
    yield (
        f"{first}: its macro AUC minus that of {each.baseline} is"
        f" {with_interval(each.delta_macro_auc, each.macro_ci)} on unchanged images and"
        f" {figure(row['gain'])} on changed ones."
    )
    losses = [figure(row["losses"][name]) for name in (each.model, each.baseline)]
    yield (
        f"{each.model} is {robustness_text.sturdier(row['difference'])} than {each.baseline}: it"
        f" loses {losses[0]} of macro AUC, {each.baseline} {losses[1]}; difference"
        f" {figure(row['difference'])}."
    )
    own = as_json(found.summary[each.model])
    yield from robustness_text.separate(own, each.model, each.baseline)


def _sign(ci: Interval) -> int:
    """On which side of 0 an interval lies; 0 if it holds 0 or is not known."""
    return 0 if ci is None else int(ci[0] > 0) - int(ci[1] < 0)


def _over(found: Robustness) -> str:
    severities = robustness_text.numbered([*next(iter(found.changed.values()))])
    return f"mean over {counted(len(found.changes), 'change')}, {severities}"


def _left_out(report: Report, found: Robustness) -> list[str]:
    """The models that saw unchanged images alone; width-matched controls are counted."""
    named = [name for name in found.left_out if name in report.without_controls().models]
    count = len(found.left_out) - len(named)
    return named + [counted(count, "width-matched control")] * bool(count)


def _header(found: Robustness) -> tuple[str, ...]:
    compared = f"Loss minus that of {found.baseline}", "Corruption error"
    return ("Model", "Gain on unchanged images", "Gain on changed images", "Loss", *compared)


def _rows(report: Report, found: Robustness) -> Iterator[tuple[str, ...]]:
    """A row for each model, over all changes."""
    gains = {
        each.model: with_interval(each.delta_macro_auc, each.macro_ci)
        for each in report.comparisons
    }
    for name in found.models:
        row = as_json(found.summary[name][ALL])
        gain, *compared = (figure(row[key]) if key in row else NONE for key in COMPARED)
        yield name, gains.get(name, NONE), gain, figure(row["losses"][name]), *compared


def _each_change(name: str, found: Robustness) -> str:
    """A row for each change, of a model beside the baseline."""
    summary = as_json(found.summary[name])
    values = {"models": [name, found.baseline], "baseline": found.baseline, "summary": summary}
    header = [*map(robustness_page.head, robustness_text.header(values)), "Gain"]
    rows = [
        (*cells, figure(row["gain"]))
        for cells, row in zip(robustness_text.rows(values), summary.values(), strict=True)
    ]
    caption = f"{name} beside {found.baseline} on changed images, mean over severities"
    title = f"Change by change: {name} beside {found.baseline}"
    return pages.folded(title, table(caption, header, rows))


def _by_severity(found: Robustness) -> str:
    header = ("Change and severity", *(f"Loss of {name}" for name in found.models))
    rows = [
        (
            f"{change} {severity}",
            *(figure(as_json(seen.figures.loss)) for seen in by_model.values()),
        )
        for change, severities in found.changed.items()
        for severity, by_model in severities.items()
    ]
    return table("Loss of macro AUC by change and severity", header, rows)
