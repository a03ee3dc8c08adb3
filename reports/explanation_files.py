"""Explanations on disk: panels, raw maps, contact sheets, shares."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

import storage
from datasets.sources import folder
from inference.explained import Explained
from inference.label_decisions import Decision
from reports import explanation_pictures
from reports.plots import contact_sheet, panels, plotting, shares
from reports.plots.contact_sheet import Tile
from reports.plots.plotting import PNG, Paper

PANELS, MAPS = "panels", "maps"
ALL = "all panels"
IMAGES_PER_SHEET = 20
LEGEND = (
    "For each label: evidence from visual words if the model uses them (orange for the label, blue"
    " against it), then Grad-CAM (yellow is strongest). Each map has its own scale. White: boxes."
)

# A figure for each extractor, by label.
Means = dict[str, dict[str, float]]


class SavedPanel(NamedTuple):
    """A decision with the file of its panel, and the same picture as WebP bytes."""

    decision: Decision
    panel: Path
    picture: bytes


def fresh(out: Path) -> None:
    """Make empty folders for panels and maps, without files of an earlier run."""
    for name, pattern in ((PANELS, "*.png"), (MAPS, "*.npz"), ("", "contact_sheet*.png")):
        for path in folder(out / name).glob(pattern):
            path.unlink()


def draw(image: Explained, no_camera: str, footer: str, out: Path) -> Iterator[SavedPanel]:
    """A panel for each decision on an image; the raw maps of all of them in one file."""
    labels = np.array([decision.label for decision in image.decisions])
    with storage.whole(out / MAPS / f"{image.stem}.npz") as temporary:
        np.savez(temporary, allow_pickle=False, labels=labels, **image.maps)
    pictures = explanation_pictures.panels(image, no_camera, footer)
    for decision, name, panel in zip(image.decisions, image.names, pictures, strict=True):
        path = out / PANELS / f"{name}.png"
        yield SavedPanel(decision, path, panels.save(panels.panel(panel), path))


def draw_sheets(rows: Sequence[Sequence[Tile]], title: str, out: Path) -> list[bytes]:
    """All images on contact sheets of IMAGES_PER_SHEET rows; the sheets also as WebP bytes."""
    groups = [
        rows[start : start + IMAGES_PER_SHEET] for start in range(0, len(rows), IMAGES_PER_SHEET)
    ]
    sheets = []
    for number, group in enumerate(groups, 1):
        name = "contact_sheet.png" if len(groups) == 1 else f"contact_sheet-{number}.png"
        sheets.append(panels.save(contact_sheet.sheet(group, title, LEGEND), out / name))
    return sheets


def means(families: Sequence[dict[str, float]], labels: Sequence[str]) -> Means:
    """The mean of each extractor's figure over all decisions, then over those on each label."""
    table = pd.DataFrame(families)
    by_label = table.groupby(np.array(labels), sort=False).mean()
    return {ALL: table.mean().to_dict()} | by_label.to_dict("index")


def write_shares(decisions: Iterable[Decision], out: Path) -> None:
    """`shares.csv`: a row for each image, label and extractor."""
    rows = [
        (decision.image, decision.label, family, attribution, decision.shares[family])
        for decision in decisions
        for family, attribution in decision.attribution.items()
    ]
    columns = ["film", "label", "family", "credit", "share"]
    storage.write_table(out / "shares.csv", pd.DataFrame(rows, columns=columns))


def draw_shares(shares_by_label: Means, title: str, out: Path, paper: Paper = PNG) -> bytes:
    """The plot of mean shares as files, and also as WebP bytes."""
    figure = shares.bars(shares_by_label, title, paper.width)
    plotting.write(figure, out, "shares", paper)
    return panels.webp(panels.rendered(figure))
