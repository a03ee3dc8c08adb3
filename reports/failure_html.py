"""The report's section on wrong calls: the most confident ones, and which model is right."""

from collections.abc import Mapping, Sequence
from html import escape

from reports import image_tiles, pages
from reports.audit_figures import SAYS
from reports.failure_figures import Disagreement, Failures, GroupCalls
from reports.failure_sheets import CALLS, DIFFER
from reports.html_tables import table, why_missing
from reports.image_tiles import Sheet
from reports.label_html import VARIABLES
from reports.wording import NONE, number, p_value, with_interval

HEATMAPS = (
    "A comparison keeps no trained model, so there are no heatmaps here: train a bundle, and type"
    " explain --wrong."
)


def failures(found: Failures | None, sheets: Sequence[Sheet] = ()) -> str:
    """All of it, folded; nothing where no call is wrong."""
    if found is None or not (found.wrong_calls or found.disagreements):
        return ""
    why = f" There are no pictures: {found.no_pictures}." if found.no_pictures else ""
    text = (
        f"The most confident wrong calls are those of {found.model}, whose macro AUC is highest."
        f" Of some, the label table is wrong, not the model.{why} {HEATMAPS}"
    )
    shown = {
        name: image_tiles.figures([each for each in sheets if each.path.stem == name])
        for name in (CALLS, DIFFER)
    }
    return (
        f'<p class="soft">{escape(text)}</p>\n'
        + pages.folded("The most confident wrong calls", shown[CALLS] + _calls(found))
        + pages.folded("Images on which two models differ", shown[DIFFER])
        + "".join(map(_disagreement, found.disagreements))
    )


def _calls(found: Failures) -> str:
    header = ("Image", "Label", "Label table", "Probability", "Threshold")
    rows = [
        (
            each.image,
            each.label,
            SAYS[each.truth],
            number(each.probability),
            NONE if each.threshold is None else number(each.threshold),
        )
        for each in found.wrong_calls
    ]
    return table(f"{found.model}: most confident wrong calls", header, rows) if rows else ""


def _disagreement(one: Disagreement) -> str:
    right = ("Both right", f"Only {one.model}", f"Only {one.baseline}", "Both wrong")
    header = ("Label", *right, "p (McNemar)", "p (Holm)")
    rows = [
        (
            name,
            f"{each.both_right:,}",
            f"{each.only_model_right:,}",
            f"{each.only_baseline_right:,}",
            f"{each.both_wrong:,}",
            p_value(each.p),
            p_value(each.p_holm),
        )
        for name, each in one.labels.items()
    ]
    body = table(f"{one.name}: who is right", header, rows)
    body += "".join(_groups(one, name, groups) for name, groups in one.groups.items())
    return pages.folded(f"{one.name}: who is right, label by label and by group", body)


def _groups(one: Disagreement, variable: str, groups: Mapping[str, GroupCalls]) -> str:
    header = (
        "Group",
        "Images",
        "Patients",
        f"Wrong: {one.model}",
        f"Wrong: {one.baseline}",
        "Difference",
    )
    rows = [
        (
            name,
            f"{each.images:,}",
            f"{each.patients:,}",
            with_interval(each.wrong, each.wrong_ci),
            with_interval(each.baseline_wrong, each.baseline_wrong_ci),
            with_interval(each.difference, each.ci),
        )
        for name, each in groups.items()
    ]
    title = f"{one.name}: share of wrong decisions by {VARIABLES.get(variable, variable).lower()}"
    missing = ((name, each.ci_missing) for name, each in groups.items())
    return table(title, header, rows) + why_missing(missing)
