"""The page of explanations: one HTML file that needs no network."""

from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from reports import pages
from reports.explanation_files import ALL, Drawn, Means
from reports.html_tables import scrolling, table
from reports.wording import number, outcome

STYLE = Path(__file__).with_name("explanation.css")
TITLE = "Multi-label chest X-rays: where each branch looks"
READING = (
    "Credit is what a number of a vector adds to a label's logit: gradient × input for networks,"
    " coefficient × input for logistic regression, TreeSHAP for boosters. With the bias it sums to"
    " the logit. A family's share is its credit, for and against, as part of all credit.",
    "A large share need not mean that a family tells much. In wide vectors credit for and against"
    " cancels, so read shares beside how far the family moves the logit. And × input counts from a"
    " vector of zeros: what all films share has credit too, which the bias takes back.",
    "A word heatmap lays the credit of visual words and Fisher vectors back on the keypoints that"
    " brought it, over the square that each describes. Orange speaks for the label, blue against"
    " it, clear is neither. Credit of words that the film has not is on no place; its sum is told.",
    "Grad-CAM shows where the network's last feature map (or the layer named) raises the label. Its"
    " cells are coarse, its values have no unit, and it says nothing of what speaks against.",
    "Colours are scaled to each panel, so a faint reason may look strong: read the scale below. A"
    " map shows what the classifier went by, which need not be the disease.",
)


def page(
    values: dict[str, Any], drawn: Sequence[Drawn], plots: Mapping[str, Sequence[bytes]]
) -> str:
    """The page as HTML, pictures inside; whatever came from the user is escaped."""
    sections = {
        "What decisions came from": _families(values, plots["shares"]),
        "Contact sheet": _figures(plots["sheets"], "All films with the maps of all their labels"),
        "Panels": _panels(drawn),
        "Skipped": pages.items(
            [f"{image}: {reason}" for image, reason in values["skipped"].items()]
        ),
        "How to read this": pages.items([values["rule"], *READING]),
        "How to repeat this": f"<pre><code>{escape(values['command'])}</code></pre>\n",
    }
    header = f'<p class="answer">{escape(answer(values))}</p>\n'
    header += f'<p class="soft">{escape(told_of(values))}</p>'
    return pages.page(TITLE, values["synthetic"], header, sections, STYLE)


def answer(values: dict[str, Any]) -> str:
    """What all decisions together came from, in a sentence."""
    shares = sorted(values["shares"][ALL].items(), key=lambda pair: -pair[1])
    told = ", ".join(f"{100 * share:.0f} % lies in {family}" for family, share in shares)
    count = sum(len(image["decisions"]) for image in values["films"])
    where = "On synthetic films, of" if values["synthetic"] else "Of"
    return f"{where} all credit in {count:,} decisions on {len(values['films']):,} films, {told}."


def told_of(values: dict[str, Any]) -> str:
    """Which classifier it is, what it learned from, and which images come first."""
    notes = "".join(f" {note[0].upper()}{note[1:]}." for note in values["notes"])
    return (
        f"{values['classifier']} trained on {values['trained_on']}, split: {values['split']}."
        f"{notes} Films: {values['source']}. Bundle: {values['bundle']}. {values['order']}".rstrip()
    )


def _panels(drawn: Sequence[Drawn]) -> str:
    return "".join(
        f"<h3>{escape(image)}</h3>\n" + "".join(map(_panel, panels))
        for image, panels in groupby(drawn, key=lambda one: one.decision.image)
    )


def _panel(drawn: Drawn) -> str:
    told = drawn.decision
    attribution = ", ".join(
        f"{name} {number(value, 2)}" for name, value in told.attribution.items()
    )
    alt = (
        f"{told.label} on {told.image}: the image and where the model looks, side by side."
        f" {outcome(told)}. Credit in logits: {attribution}, bias {number(told.bias, 2)}."
    )
    return f'<figure class="panel">\n{scrolling(told.label, _image(drawn.picture, alt))}</figure>\n'


def _figures(pictures: Sequence[bytes], alt: str) -> str:
    return "".join(f"<figure>\n{scrolling(alt, _image(each, alt))}</figure>\n" for each in pictures)


def _image(picture: bytes, alt: str) -> str:
    source = pages.inside("image/webp", picture)
    return f'<img loading="lazy" alt="{escape(alt)}" src="{source}">'


def _families(values: dict[str, Any], plots: Sequence[bytes]) -> str:
    """The plot of shares with its figures, and how far each family moves the logit."""
    alt = f"Stacked bars of shares by label. {answer(values)} The table holds every figure."
    percent = {
        label: {family: 100 * share for family, share in shares.items()}
        for label, shares in values["shares"].items()
    }
    return (
        _figures(plots, alt)
        + _table("Mean share of all credit, for and against, percent", percent, 1)
        + _table("Mean of how far a family moves the logit, up or down", values["net_credit"], 2)
    )


def _table(caption: str, means: Means, digits: int) -> str:
    header = ("Label", *means[ALL])
    rows = [
        (label, *(number(value, digits) for value in figures.values()))
        for label, figures in means.items()
    ]
    return table(caption, header, rows)
