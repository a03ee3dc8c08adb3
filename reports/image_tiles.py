"""Images of a data set as tiles of contact sheets, read again from their files."""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from datasets.image_stream import ImageFile, each_image, image_threads
from datasets.images import Images
from errors import ImageUnreadable
from reports import pages
from reports.html_tables import scrolling
from reports.plots import contact_sheet, panels
from reports.plots.contact_sheet import Tile
from reports.plots.image_sheet import shortened
from reports.plots.panels import DPI

# The longest side of a tile in pixels: more would not be visible.
SIDE = round(DPI * contact_sheet.TILE)
AHEAD = 8
NO_BOXES = np.empty((0, 4))
NO_FILES = "no image files are at hand"
UNREADABLE = "the image files cannot be read"


class Sheet(NamedTuple):
    """A contact sheet: its file, the same picture as WebP bytes, and what it shows."""

    path: Path
    picture: bytes
    caption: str


# An image with the line below its name.
Shown = tuple[str, str]
# Letters of a label in that line.
LONGEST = 18


def entry(label: str, rest: str) -> str:
    """A line on a label that fits above a tile."""
    return f"{label if len(label) <= LONGEST else f'{label[: LONGEST - 1]}…'} {rest}"


def thumbnails(images: Images, ids: Iterable[str], jobs: int) -> dict[str, np.ndarray]:
    """A small picture (h, w) of each of these images that can be read."""
    wanted = list(dict.fromkeys(ids))
    paths = dict(zip(wanted, images.paths[images.rows(np.array(wanted, object))], strict=True))
    with image_threads(jobs) as pool:
        there = [image for image in wanted if paths[image]]
        found = dict(each_image(pool, there, paths.__getitem__, _thumbnail, AHEAD))
    return {
        image: plane for image, plane in found.items() if not isinstance(plane, ImageUnreadable)
    }


def tiles(shown: Sequence[Shown], pictures: dict[str, np.ndarray]) -> list[Tile]:
    """A tile for each image that has a picture, with its name and a line above it."""
    return [
        Tile(np.stack([pictures[image]] * 3, axis=-1), f"{shortened(image)}\n{line}", NO_BOXES)
        for image, line in shown
        if image in pictures
    ]


def sheet(rows: Sequence[Sequence[Tile]], title: str, legend: str, path: Path) -> Sheet:
    """A contact sheet as a PNG file, and for a page."""
    picture = panels.save(contact_sheet.sheet(rows, title, legend), path)
    return Sheet(path, picture, title)


def _thumbnail(_: str, file: ImageFile) -> np.ndarray:
    # A warning on how the image is stored has been shown before.
    return shrunk(file.decoded.plane, SIDE)


def shrunk(plane: np.ndarray, side: int) -> np.ndarray:
    """A plane (h, w) scaled so that its longest side has so many pixels."""
    height, width = (max(1, round(length * side / max(plane.shape))) for length in plane.shape)
    smooth = cv2.INTER_AREA if max(plane.shape) > side else cv2.INTER_LINEAR
    return cv2.resize(plane, (width, height), interpolation=smooth)


def in_rows(made: Sequence[Tile], across: int) -> list[Sequence[Tile]]:
    """Tiles in rows of so many."""
    return [made[start : start + across] for start in range(0, len(made), across)]


def figures(sheets: Sequence[Sheet]) -> str:
    """Contact sheets as HTML figures with the pictures inside."""
    return "".join(map(_figure, sheets))


def _figure(shown: Sheet) -> str:
    source, caption = pages.inside("image/webp", shown.picture), escape(shown.caption)
    image = f'<img loading="lazy" alt="{caption}" src="{source}">'
    return (
        f"<figure>\n{scrolling(shown.caption, image)}\n<figcaption>{caption}</figcaption>\n"
        "</figure>\n"
    )
