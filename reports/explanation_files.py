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
from reports.plots import contact_sheet, panels, shares
from reports.plots.contact_sheet import Tile

PANELS, MAPS = "panels", "maps"
ALL = "all panels"
IMAGES_A_SHEET = 20
LEGEND = (
    "For each label: evidence of visual words if the model uses them (orange for the label, blue"
    " against it), then Grad-CAM (yellow strongest), each in colours of its own; white: boxes."
)

# A figure for each family by label.
Means = dict[str, dict[str, float]]


class Drawn(NamedTuple):
    """A decision with its panel, and the file's picture again as WebP bytes."""

    decision: Decision
    panel: Path
    picture: bytes


def fresh(out: Path) -> None:
    """Folders for panels and maps without those of an earlier run."""
    for name, pattern in ((PANELS, "*.png"), (MAPS, "*.npz"), ("", "contact_sheet*.png")):
        for path in folder(out / name).glob(pattern):
            path.unlink()


def draw(image: Explained, no_camera: str, footer: str, out: Path) -> Iterator[Drawn]:
    """A panel for each decision on a film; raw maps of all of them in one file."""
    labels = np.array([decision.label for decision in image.decisions])
    with storage.whole(out / MAPS / f"{image.stem}.npz") as temporary:
        np.savez(temporary, allow_pickle=False, labels=labels, **image.maps)
    drawn = explanation_pictures.panels(image, no_camera, footer)
    for decision, name, panel in zip(image.decisions, image.names, drawn, strict=True):
        path = out / PANELS / f"{name}.png"
        yield Drawn(decision, path, panels.save(panels.panel(panel), path))


def draw_sheets(rows: Sequence[Sequence[Tile]], title: str, out: Path) -> list[bytes]:
    """All films side by side, so many on a sheet; the sheets again as WebP bytes."""
    parts = [rows[start : start + IMAGES_A_SHEET] for start in range(0, len(rows), IMAGES_A_SHEET)]
    sheets = []
    for number, part in enumerate(parts, 1):
        name = "contact_sheet.png" if len(parts) == 1 else f"contact_sheet-{number}.png"
        sheets.append(panels.save(contact_sheet.sheet(part, title, LEGEND), out / name))
    return sheets


def means(families: Sequence[dict[str, float]], labels: Sequence[str]) -> Means:
    """The mean of each family's figure over all decisions, then over those on each label."""
    table = pd.DataFrame(families)
    by_label = table.groupby(np.array(labels), sort=False).mean()
    return {ALL: table.mean().to_dict()} | by_label.to_dict("index")


def write_shares(decisions: Iterable[Decision], out: Path) -> None:
    """`shares.csv`: a row for each film, label and family."""
    rows = [
        (decision.image, decision.label, family, attribution, decision.shares[family])
        for decision in decisions
        for family, attribution in decision.attribution.items()
    ]
    columns = ["film", "label", "family", "credit", "share"]
    storage.write_table(out / "shares.csv", pd.DataFrame(rows, columns=columns))


def draw_shares(shares_by_label: Means, title: str, out: Path) -> bytes:
    """The plot of mean shares, and again as WebP bytes."""
    return panels.save(shares.bars(shares_by_label, title), out / "shares.png")
