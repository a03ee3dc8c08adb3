"""The page of `robustness`: one HTML file that needs no network."""

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from reports import pages, robustness_text
from reports.html_tables import scrolling, table
from reports.wording import capital, figure, number

Values = dict[str, Any]
STYLE = Path(__file__).with_name("explanation.css")
TITLE = "Multi-label chest X-rays: how sturdy models are"
LOSSES = (
    "A loss is the macro AUC of unchanged images minus that of changed ones, as the mean over"
    " severities. The 95 % intervals resample patients, the same ones for all models and changes."
)
ERRORS = (
    "The corruption error is the sum of 1 − AUC over severities, divided by that of the baseline."
    " Below 1, the model is better on changed images than the baseline. It may be better on"
    " unchanged images too, so compare losses to see which is sturdier."
)
DRAWN = (
    "Each image is changed once at each severity, with a direction and noise of its own that depend"
    " on the seed."
)
READING = (
    LOSSES,
    ERRORS,
    "Sensitivity and specificity are those at the thresholds of the bundle. Flips are decisions"
    " that differ from those on the unchanged image.",
    "A block (the embedding, or one kind of visual words) fails if the loss is large when it alone"
    " sees changed images. Its share of the attribution shows how much the model relies on it, not"
    " whether it is right.",
    DRAWN,
)
# Captions of the curves by figure, and what is up.
CURVES = {
    "macro_auc": "Macro AUC by severity",
    "sensitivity": "Sensitivity by severity",
    "specificity": "Specificity by severity",
    "brier": "Brier score by severity (calibration; lower is better)",
    "flips": "Share of decisions that flip by severity",
}


def page(values: Values, curves: Mapping[str, str], losses: str, examples: bytes) -> str:
    """The page as HTML; `curves` and `losses` are SVG, and `examples` is a picture as WebP."""
    header = f'<p class="answer">{escape(robustness_text.answer(values))}</p>\n'
    told = [*robustness_text.details(values), f"{robustness_text.described(values)}."]
    header += "".join(f'<p class="soft">{escape(sentence)}</p>\n' for sentence in told)
    sections = {
        "What each change costs": _losses(values, losses),
        "Curves": _curves(curves),
        "Which block fails": "".join(_blocks(values, name) for name in values["models"]),
        "Labels": _labels(values),
        "The changes": _examples(values, examples) + _amounts(values),
        "Notes": pages.items(values["notes"]),
        "How to read this": pages.items(READING),
        "How to repeat this": f"<pre><code>{escape(values['command'])}</code></pre>\n",
    }
    return pages.page(TITLE, values["synthetic"], header, sections, STYLE)


def _losses(values: Values, picture: str) -> str:
    caption = "Loss of macro AUC, mean over severities"
    return _figure(picture) + table(
        caption,
        [head(name) for name in robustness_text.header(values)],
        robustness_text.rows(values),
    )


def head(name: str) -> str:
    """The name of a column as it begins one; p values have a small letter."""
    return name if name.startswith("p ") else capital(name)


def _curves(pictures: Mapping[str, str]) -> str:
    first, *others = pictures
    shown = _figure(pictures[first])
    return shown + "".join(pages.folded(CURVES[name], _figure(pictures[name])) for name in others)


def _figure(picture: str) -> str:
    return f"<figure>\n{picture}</figure>\n"


def _blocks(values: Values, model: str) -> str:
    """The loss of each block alone, and its share, at the highest severity; "" of one block."""
    blocks = [*values["unchanged"][model]["blocks"]]
    if not blocks:
        return ""
    highest = robustness_text.severities(values)[-1]
    named = [f"{what} {block}" for what in ("Loss by", "Share of") for block in blocks]
    plain = values["unchanged"][model]["blocks"]
    rows = [("unchanged", *("" for _ in blocks), *(_share(plain[block]) for block in blocks))]
    for change, severities in values["changed"].items():
        own = severities[highest][model]["blocks"]
        rows.append((change, *(_alone(own[block]) for block in blocks), *map(_share, own.values())))
    caption = f"{model} at severity {highest}: loss if one block alone sees changed images, and"
    return table(f"{caption} shares of the attribution", ("Change", *named), rows)


def _alone(block: dict[str, Any]) -> str:
    return figure(block["loss_alone"]) if "loss_alone" in block else ""


def _share(block: dict[str, Any]) -> str:
    return f"{100 * block['share']:.0f} %"


def _labels(values: Values) -> str:
    """The AUC of each label on unchanged images, and its mean on changed ones, by model."""
    models = [*values["models"]]
    header = [f"{name}, {which}" for which in ("unchanged", "changed") for name in models]
    rows = [
        (
            label,
            *(figure(_label(values["unchanged"], name, label)) for name in models),
            *(number(_changed(values, name, label)) for name in models),
        )
        for label in values["unchanged"][models[0]]["labels"]
    ]
    caption = "AUC of each label on unchanged images, and its mean over all changes and severities"
    return table(caption, ("Label", *header), rows)


def _changed(values: Values, model: str, label: str) -> float | None:
    """The mean AUC of a label over all changes and severities."""
    found = [
        _label(condition, model, label)["value"]
        for by_severity in values["changed"].values()
        for condition in by_severity.values()
    ]
    known = [value for value in found if value is not None]
    return sum(known) / len(known) if known else None


def _label(condition: Values, model: str, label: str) -> dict[str, Any]:
    estimate: dict[str, Any] = condition[model]["labels"][label]
    return estimate


def _examples(values: Values, picture: bytes) -> str:
    alt = "One image, unchanged and after each change at each severity"
    source = pages.inside("image/webp", picture)
    image = f'<img loading="lazy" alt="{escape(alt)}" src="{source}">'
    return f"<figure>\n{scrolling(alt, image)}</figure>\n"


def _amounts(values: Values) -> str:
    header = ("Change", *robustness_text.severities(values), "Unit")
    rows = [
        (name, *(amount_of(value) for value in each["amounts"].values()), each["unit"])
        for name, each in values["changes"].items()
    ]
    return table("What each severity means", header, rows)


def amount_of(value: float) -> str:
    """An amount without digits that say nothing."""
    return number(value, 3).rstrip("0").rstrip(".") if value % 1 else f"{value:,.0f}"
