"""The page's parts as HTML with everything inside, so that no film is ever a file."""

from collections.abc import Iterator
from html import escape
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from features.local_descriptors import LocalDescriptors
from pipelines.explaining import pictures
from pipelines.explaining.explained import Explained
from pipelines.model_card import CARD
from pipelines.pages import inside
from pipelines.predicting.predictions import Finding, Prediction
from pipelines.serving.schemas import NOTICE
from pipelines.verdict.wording import number

BLUE = (86, 180, 233)


def header(classifier: str, trained_on: str, report: Path | None) -> str:
    """What this is, and where the report or the card lies."""
    link = f' · <a href="/report" target="_blank">{_named(report)}</a>' if report else ""
    return (
        f'<h1>Chest X-ray findings</h1><p class="notice"><strong>{escape(NOTICE)}</strong></p>'
        f"<p>{escape(classifier)}, trained on {escape(trained_on)}"
        f'{link} · <a href="/openapi.json" target="_blank">REST interface</a></p>'
    )


def _named(report: Path) -> str:
    return "Model card" if report.name == CARD else "Report of the run"


def told(sentence: str) -> str:
    """What the page has to say."""
    return f'<p role="status" class="told">{escape(sentence)}</p>'


def table(film: Prediction, chosen: str) -> str:
    """Findings of a film, the chosen label's row marked, and what to be wary of."""
    wary = "".join(f"<li>{escape(each)}</li>" for each in film.warnings)
    body = "".join(_row(each, each.label == chosen) for each in film.findings)
    return (
        (f'<ul class="wary">{wary}</ul>' if wary else "")
        + f'<table class="findings"><caption>Findings of {escape(film.id)}</caption><thead><tr>'
        '<th scope="col">Label</th><th scope="col">Probability</th><th scope="col">Threshold</th>'
        f'<th scope="col">Finding</th></tr></thead><tbody>{body}</tbody></table>'
    )


def _row(finding: Finding, chosen: bool) -> str:
    mark = ' class="chosen"' if chosen else ""
    width = f"{100 * finding.probability:.0f}%"
    called = "<strong>present</strong>" if finding.present else "–"
    return (
        f'<tr{mark}><th scope="row">{escape(finding.label)}</th>'
        f'<td><span class="bar" style="width:{width}"></span>{number(finding.probability)}</td>'
        f"<td>{number(finding.threshold)}</td><td>{called}</td></tr>"
    )


def looks(film: Explained, why_no_camera: str) -> str:
    """The film beside its keypoints, word heatmap and Grad-CAM, whose colours a slider dims."""
    plain, *overlays = (tile.picture for tile in pictures.tiles(film))
    shown = {"Film": plain}
    if film.keypoints:
        found, note = pictures.keypoints(film, 0)
        shown[f"Keypoints: {note}"] = with_keypoints(plain, found)
    kinds = ["Word heatmap"] * bool(film.keypoints) + [
        pictures.CAMERAS[kind.partition(" ")[0]] for kind in film.maps if kind not in film.keypoints
    ]
    shown |= dict(zip(kinds, overlays, strict=True))
    drawn = "".join(_tile(name, plain, picture) for name, picture in shown.items())
    reason = "" if len(kinds) > bool(film.keypoints) else f"<p>{escape(why_no_camera)}.</p>"
    (decision,) = film.decisions
    tiles = f"<h2>{escape(decision.label)}</h2><div class='tiles'>{drawn}</div>"
    return f'{tiles}{reason}<p class="legend">{" ".join(_legend(film))}</p>'


def _legend(film: Explained) -> Iterator[str]:
    if film.keypoints:
        yield "Word heatmap: orange speaks for the label, blue against it."
    else:
        yield "This bundle goes by no words: no keypoints, no word heatmap."
    if len(film.maps) > len(film.keypoints):
        yield "Grad-CAM: where the network looks, yellow strongest."
    yield "Each map has colours of its own range; the panel below has scales."


def table_link(table: str) -> str:
    """A link that holds the table of all films."""
    return _link("findings.csv", "text/csv", table.encode(), "Table of all films (CSV)")


def panel_link(film: Explained, panel: bytes) -> str:
    """A link that holds a film's panel."""
    name = f"{film.named(film.decisions[0])}.png"
    return _link(name, "image/png", panel, "Panel with scales (PNG)")


def with_keypoints(picture: np.ndarray, found: LocalDescriptors) -> np.ndarray:
    """A film (h, w, 3) uint8 with a circle for each keypoint's scale."""
    height, width = picture.shape[:2]
    side = max(height, width)
    offset = (side - width) / 2, (side - height) / 2
    drawn = picture.copy()
    for point, size in zip(found.points * side - offset, found.sizes * side, strict=True):
        middle = tuple(np.rint(point).astype(int).tolist())
        cv2.circle(drawn, middle, max(1, round(float(size) / 2)), BLUE, 1, cv2.LINE_AA)
    return drawn


def _tile(name: str, plain: np.ndarray, picture: np.ndarray) -> str:
    over = f'<img class="over" alt="" src="{_source(picture)}">' if picture is not plain else ""
    image = f'<img alt="{escape(name)}" src="{_source(plain)}">'
    return f"<figure><div>{image}{over}</div><figcaption>{escape(name)}</figcaption></figure>"


def _source(picture: np.ndarray) -> str:
    data = BytesIO()
    Image.fromarray(picture).save(data, "WEBP", quality=90, method=2)
    return inside("image/webp", data.getvalue())


def _link(name: str, kind: str, data: bytes, text: str) -> str:
    source = inside(kind, data)
    return f'<a class="download" download="{escape(name)}" href="{source}">{escape(text)}</a>'
