"""The report's sections on labels: suspect ones, and the answers before and after corrections."""

from collections.abc import Mapping, Sequence
from html import escape

from reports import image_tiles, pages
from reports.audit_figures import SAYS, Audit, ErrorRate
from reports.html_tables import table, why_missing
from reports.image_tiles import Sheet
from reports.label_audit_files import FOLDER, RANKED, SUSPECTS
from reports.wording import NONE, number

ALL = "All labels"


def audit(found: Audit | None, sheets: Sequence[Sheet] = ()) -> str:
    """What is suspect, label by label and image by image; nothing without an audit."""
    if found is None:
        return ""
    body = "".join(
        f'<p class="{kind}">{escape(text)}</p>\n'
        for kind, text in zip(("more", "soft"), (sentence(found), explained(found)), strict=True)
    )
    return (
        body
        + _rates(found)
        + pages.folded(
            f"The {len(found.first)} images whose labels are most suspect", _images(found)
        )
        + pages.folded("Contact sheets: the most suspect labels", image_tiles.figures(sheets))
    )


def sentence(found: Audit) -> str:
    """How many labels are probably wrong, and where the table to fill in is."""
    rate = found.overall
    share = f" Confident learning expects {_percent(rate)} of {rate.entries:,} labels to be wrong,"
    share += " which is too many where models are weak."
    return (
        f"{FOLDER}/{SUSPECTS} lists the {found.listed:,} most suspect labels of"
        f" {found.images:,} images to look at again."
        f"{share * (rate.rate is not None)}"
    )


def explained(found: Audit) -> str:
    """Whose probabilities rank labels, what the figures mean, and why there are no pictures."""
    whose = found.models[0] if len(found.models) == 1 else f"the mean of {', '.join(found.models)}"
    why = f" There is no contact sheet: {found.no_pictures}." if found.no_pictures else ""
    return (
        f"Ranked by {whose}: the lower the probability of what a label says, the more suspect it"
        " is. Expected errors come from confident learning and are rough: errors of the models"
        " count too, and label errors that the models have learned are missed."
        f"{why} Fill in the column corrected (1, 0 or ?), and pass the table to --corrections."
    )


def _rates(found: Audit) -> str:
    header = ("Label", "Reported", "Expected wrong", "Say present", "Say absent")
    rates: Mapping[str, ErrorRate] = {**found.labels, ALL: found.overall}
    rows = [
        (
            name,
            f"{each.entries:,}",
            _percent(each),
            *(NONE if n is None else f"{n:,.0f}" for n in (each.wrong_present, each.wrong_absent)),
        )
        for name, each in rates.items()
    ]
    missing = ((name, each.rate_ci_missing) for name, each in rates.items())
    return table("Labels expected to be wrong, and what they say", header, rows) + why_missing(
        missing
    )


def _percent(rate: ErrorRate) -> str:
    """`3.1 % [2.0, 4.5]`, without an interval where there is none; a dash without a rate."""
    if rate.rate is None:
        return NONE
    ends = f" [{', '.join(f'{100 * end:.1f}' for end in rate.rate_ci)}]" if rate.rate_ci else ""
    return f"{100 * rate.rate:.1f} %{ends}"


def _images(found: Audit) -> str:
    header = ("Image", "Quality", "Most suspect label", "Label table", "Probability")
    rows = [
        (each.image, number(each.quality), each.label, SAYS[each.says], number(each.probability))
        for each in found.first
    ]
    more = f'<p class="soft">{FOLDER}/{RANKED} ranks all {found.images:,} images.</p>\n'
    return table("Images by the quality of their labels", header, rows) + more
