"""Why figures drop at another hospital, as tables of a report's section."""

from collections.abc import Iterator, Mapping

from reports import html_tables, pages
from reports.cause_figures import Causes, SiteImages
from reports.wording import NONE, number, with_interval

TITLE = "Why it drops"
SITES = ("", "Test images", "Outside")
PARTS = ("Model", "Test images", "Weighted", "Outside", "Drop", "Explained by the mix")
# Titles and digits of the image statistics.
STATISTICS = {
    "width": ("Width in pixels", 0),
    "height": ("Height in pixels", 0),
    "bits": ("Bits a pixel", 0),
    "exposure": ("Exposure (mean grey value)", 0),
    "contrast": ("Contrast (standard deviation of grey values)", 0),
    "sharpness": ("Sharpness (standard deviation of the Laplacian)", 1),
}
# From this AUC on, features are called suspects.
SUSPECT = 0.9
READING = (
    "Site AUC: a logistic regression predicts from the features which hospital an image comes from,"
    " cross-validated with patients kept apart. 0.5 is chance. Near 1, a model may have learned to"
    " recognise the hospital instead of the finding.",
    "Weighted: test images get weights that make age bands, sexes and views as common as outside."
    " The macro AUC lost by weighting is the part of the drop that the mix of patients explains."
    " The rest has other causes, such as equipment, readers or the choice of images.",
)


def causes(found: Causes | None) -> str:
    """Both sites side by side, the site AUC of each block, and reweighted figures; or nothing."""
    if found is None:
        return ""
    body = (
        html_tables.table("Both hospitals side by side", SITES, _side_by_side(found))
        + _site_auc(found)
        + _reweighted(found)
        + pages.items(READING)
    )
    return pages.folded(TITLE, body)


def sentences(found: Causes | None, outside: str) -> Iterator[str]:
    """The blocks of features that know the hospital, and what the mix explains of each drop."""
    if found is None:
        return
    for block, each in found.site_auc.items():
        if each.auc is not None and each.auc >= SUSPECT:
            shown = with_interval(each.auc, each.auc_ci)
            yield f"{block} distinguishes the test images from {outside} with an AUC of {shown}."
    for model, one in found.reweighted.items():
        yield (
            f"A different mix of {_listed(found.variables)} explains"
            f" {with_interval(one.explained.value, one.explained.ci)} of the drop of {model} on"
            f" {outside}, {number(one.drop.value)}."
        )


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def _side_by_side(found: Causes) -> Iterator[tuple[str, ...]]:
    pair = found.inside, found.outside
    yield ("Images", *(f"{each.images:,}" for each in pair))
    yield ("Patients", *(f"{each.patients:,}" for each in pair))
    yield ("Age", *(_quartiles(each.age, 0) for each in pair))
    yield ("Sex", *(_shares(each.sex) for each in pair))
    yield ("View", *(_shares(each.view) for each in pair))
    for label in found.outside.prevalence:
        yield (label, *(_prevalence(each, label) for each in pair))
    for name, (title, digits) in STATISTICS.items():
        yield (title, *(_quartiles(each.statistics.get(name), digits) for each in pair))


def _quartiles(values: list[float] | None, digits: int) -> str:
    """`52 (38–64)`: the median, and the quartiles around it."""
    if not values:
        return NONE
    low, middle, high = (number(value, digits) for value in values)
    return f"{middle} ({low}–{high})"


def _shares(values: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {100 * share:.0f} %" for name, share in values.items())


def _prevalence(site: SiteImages, label: str) -> str:
    share = site.prevalence.get(label)
    return NONE if share is None else f"{100 * share:.1f} %"


def _site_auc(found: Causes) -> str:
    rows = [(block, with_interval(each.auc, each.auc_ci)) for block, each in found.site_auc.items()]
    reasons = [(block, each.auc_ci_missing) for block, each in found.site_auc.items()]
    header = ("Features", "Site AUC")
    if not rows:
        return ""
    table = html_tables.table("How well features distinguish both hospitals", header, rows)
    return table + html_tables.why_missing(reasons)


def _reweighted(found: Causes) -> str:
    if not found.reweighted:
        return ""
    rows, first = [], next(iter(found.reweighted.values()))
    for model, one in found.reweighted.items():
        parts = (one.inside, one.weighted, one.outside, one.drop, one.explained)
        rows.append((model, *(with_interval(each.value, each.ci) for each in parts)))
    reasons = [(model, one.drop.ci_missing) for model, one in found.reweighted.items()]
    caption = f"Macro AUC with the mix of {_listed(found.variables)} outside"
    note = (
        f"{100 * first.covered:.0f} % of the images outside have test images of the same"
        f" {_listed(found.variables)}. The weighted test images count like"
        f" {first.effective_images:,.0f} images of equal weight."
    )
    return (
        html_tables.table(caption, PARTS, rows)
        + html_tables.why_missing(reasons)
        + pages.items([note])
    )
