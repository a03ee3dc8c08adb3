"""The page of explanations: one HTML file that needs no network."""

from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from reports import pages
from reports.explanation_files import ALL, Means, SavedPanel
from reports.explanation_pictures import outcome
from reports.html_tables import scrolling, table
from reports.wording import capital, number

STYLE = Path(__file__).with_name("explanation.css")
TITLE = "Multi-label chest X-rays: where each branch looks"
READING = (
    "Attribution is what a feature adds to a label's logit: gradient × input for networks,"
    " coefficient × input for logistic regression, TreeSHAP for boosters. With the bias, all"
    " attribution sums to the logit. An extractor's share is its absolute attribution, for and"
    " against the label, relative to that of all extractors.",
    "A large share need not mean that an extractor is informative. In wide feature vectors,"
    " attribution for and against a label cancels out; so read shares beside the net effect on the"
    " logit. Attribution is measured from a vector of zeros: what all images share has attribution"
    " too, and the bias offsets it.",
    "A heatmap of visual words shows the attribution of visual words or Fisher vectors at the"
    " keypoints that they come from, over the square that each keypoint describes. Orange is"
    " evidence for the label, blue evidence against it. Absent visual words cannot be located; the"
    " caption gives the total attribution.",
    "Grad-CAM shows where the network's last feature map (or the layer named) raises the label. Its"
    " cells are coarse and its values have no unit. It does not show evidence against the label.",
    "Colours are scaled for each panel, so weak evidence may look strong: read the scale below it."
    " A map shows what the classifier used, which need not be the disease.",
)


def page(
    values: dict[str, Any], saved: Sequence[SavedPanel], plots: Mapping[str, Sequence[bytes]]
) -> str:
    """The page as HTML, pictures inside; all text from the user is escaped."""
    sections = {
        "Shares of the extractors": _families(values, plots["shares"]),
        "Contact sheet": _figures(plots["sheets"], "All images with the maps of all their labels"),
        "Panels": _panels(saved),
        "Skipped": pages.items(
            [f"{image}: {reason}" for image, reason in values["skipped"].items()]
        ),
        "How to read this": pages.items([values["rule"], *READING]),
        "How to repeat this": f"<pre><code>{escape(values['command'])}</code></pre>\n",
    }
    header = f'<p class="answer">{escape(answer(values))}</p>\n'
    header += f'<p class="soft">{escape(described(values))}</p>'
    return pages.page(TITLE, values["synthetic"], header, sections, STYLE)


def answer(values: dict[str, Any]) -> str:
    """The share of each extractor in all decisions together, in a sentence."""
    shares = sorted(values["shares"][ALL].items(), key=lambda pair: -pair[1])
    listed = ", ".join(f"{100 * share:.0f} % comes from {family}" for family, share in shares)
    count = sum(len(image["decisions"]) for image in values["films"])
    where = f"{len(values['films']):,}{' synthetic' * values['synthetic']} images"
    return f"Of the attribution in {count:,} predictions on {where}, {listed}."


def described(values: dict[str, Any]) -> str:
    """The classifier, its training data, and the order of the images."""
    notes = "".join(f" {capital(note)}." for note in values["notes"])
    return (
        f"{values['classifier']} trained on {values['trained_on']}, split: {values['split']}."
        f"{notes} Images: {values['source']}. Bundle: {values['bundle']}."
        f" {values['order']}".rstrip()
    )


def _panels(saved: Sequence[SavedPanel]) -> str:
    return "".join(
        f"<h3>{escape(image)}</h3>\n" + "".join(map(_panel, panels))
        for image, panels in groupby(saved, key=lambda one: one.decision.image)
    )


def _panel(saved: SavedPanel) -> str:
    decision = saved.decision
    attribution = ", ".join(
        f"{name} {number(value, 2)}" for name, value in decision.attribution.items()
    )
    alt = (
        f"{decision.label} on {decision.image}: the image and where the model looks, side by side."
        f" {outcome(decision)}. Attribution in logits: {attribution}, bias"
        f" {number(decision.bias, 2)}."
    )
    image = scrolling(decision.label, _image(saved.picture, alt))
    return f'<figure class="panel">\n{image}</figure>\n'


def _figures(pictures: Sequence[bytes], alt: str) -> str:
    return "".join(f"<figure>\n{scrolling(alt, _image(each, alt))}</figure>\n" for each in pictures)


def _image(picture: bytes, alt: str) -> str:
    source = pages.inside("image/webp", picture)
    return f'<img loading="lazy" alt="{escape(alt)}" src="{source}">'


def _families(values: dict[str, Any], plots: Sequence[bytes]) -> str:
    """The plot of shares with its figures, and the net effect of each extractor on the logit."""
    alt = f"Stacked bars of shares by label. {answer(values)} The table gives every figure."
    percent = {
        label: {family: 100 * share for family, share in shares.items()}
        for label, shares in values["shares"].items()
    }
    return (
        _figures(plots, alt)
        + _table("Mean share of the attribution, for and against, percent", percent, 1)
        + _table(
            "Mean net effect of an extractor on the logit, up or down", values["net_credit"], 2
        )
    )


def _table(caption: str, means: Means, digits: int) -> str:
    header = ("Label", *means[ALL])
    rows = [
        (label, *(number(value, digits) for value in figures.values()))
        for label, figures in means.items()
    ]
    return table(caption, header, rows)
