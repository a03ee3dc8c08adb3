"""A panel for an image and a label: the image, keypoints, and where each branch looks."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from textwrap import fill
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import EllipseCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import Normal, Stroke
from PIL import Image

import storage
from features.local_descriptors import LocalDescriptors
from reports.plots.overlays import Heat, overlay, scale
from reports.plots.plotting import literal

# Inches: every image fits into a square tile, with room for text above and below.
TILE, NARROWEST, MARGIN, ABOVE, BELOW = 2.6, 1.9, 0.12, 1.0, 0.55
DPI = 120
# The longest side of an image in pixels: more would not be visible.
SIDE = round(DPI * TILE)
TITLE, PLAIN, SMALL = 11, 9, 7.5
# The style of keypoints in every picture.
KEYPOINTS: dict[str, Any] = {"edgecolors": "#56B4E9", "linewidths": 0.5, "alpha": 0.6}
SOFT = "#555555"
FOOTER = "Research use only"
CASING = [Stroke(linewidth=2.6, foreground="black"), Normal()]


@dataclass(frozen=True)
class Panel:
    """The content of a panel for one image (h, w) uint8 and one label.

    Boxes (m, 4) are x, y, width and height in fractions of the image; keypoints are in fractions
    of its letterboxed square. Without keypoints there is no tile for them.
    """

    image: np.ndarray
    title: str
    outcome: str
    image_note: str
    keypoints: LocalDescriptors | None
    keypoints_note: str
    heats: Sequence[Heat]
    boxes: np.ndarray
    footer: str = FOOTER


def panel(shown: Panel) -> Figure:
    """Image, keypoints and heatmaps side by side, with the label's boxes, scales and units."""
    dotted = 0 if shown.keypoints is None else 1
    figure, tiles = _tiles(shown.image.shape, 1 + dotted + len(shown.heats))
    _draw(tiles[0], shown.image, shown.boxes, "image", shown.image_note)
    if shown.keypoints is not None:
        _draw(tiles[1], shown.image, shown.boxes, "keypoints", shown.keypoints_note)
        _dot(tiles[1], shown.image.shape, shown.keypoints)
    for axes, heat in zip(tiles[1 + dotted :], shown.heats, strict=True):
        boxes = shown.boxes[:0] if heat.values is None else shown.boxes
        _draw(axes, overlay(shown.image, heat), boxes, heat.name, heat.note)
        _draw_scale(axes, heat)
    across, down = figure.get_size_inches()
    left = MARGIN / across
    figure.text(left, 1 - 0.07 / down, shown.title, fontsize=TITLE, weight="bold", va="top")
    figure.text(left, 1 - 0.35 / down, shown.outcome, fontsize=PLAIN, va="top")
    figure.text(left, 0.08 / down, shown.footer, fontsize=SMALL, color=SOFT)
    literal(figure)
    return figure


def _tiles(shape: tuple[int, ...], count: int) -> tuple[Figure, list[Axes]]:
    """A figure with a number of tiles in a row, placed by hand because layout engines are slow."""
    height, width = TILE * np.array(shape) / max(shape)
    step = max(width, NARROWEST) + MARGIN
    across, down = MARGIN + count * step, ABOVE + height + BELOW
    figure = Figure(figsize=(across, down))
    places = (MARGIN + step * np.arange(count)) / across
    size = ((step - MARGIN) / across, height / down)
    return figure, [figure.add_axes((left, BELOW / down, *size)) for left in places]


def _dot(axes: Axes, shape: tuple[int, ...], keypoints: LocalDescriptors) -> None:
    height, width = shape
    side = max(height, width)
    points = keypoints.points * side - np.array([side - width, side - height]) / 2
    circles(axes, points, keypoints.sizes * side)


def _draw(axes: Axes, picture: np.ndarray, boxes: np.ndarray, name: str, note: str) -> None:
    height, width = picture.shape[:2]
    axes.imshow(picture, cmap="gray", vmin=0, vmax=255, extent=(0, width, height, 0))
    axes.set_axis_off()
    outline(axes, boxes * (width, height, width, height))
    for text, size, colour, up in ((name, PLAIN, "black", 14), (note, SMALL, SOFT, 4)):
        axes.annotate(
            text, (0, 1), (0, up), "axes fraction", "offset points", fontsize=size, color=colour
        )


def save(figure: Figure, path: Path) -> bytes:
    """The figure as a PNG file, and the same pixels as WebP for a page."""
    picture = rendered(figure)
    # Stronger compression takes longer than plotting, and saves a tenth.
    with storage.whole(path) as temporary:
        picture.save(temporary, compress_level=1)
    return webp(picture)


def rendered(figure: Figure) -> Image.Image:
    """The pixels of a figure."""
    literal(figure)
    figure.set_dpi(DPI)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")


def webp(picture: Image.Image) -> bytes:
    """A picture as WebP, a tenth as large as PNG."""
    smaller = BytesIO()
    picture.save(smaller, "WEBP", quality=80, method=2)
    return smaller.getvalue()


def outline(axes: Axes, boxes: np.ndarray) -> None:
    """Boxes (m, 4) in the units of the axes, white with a black edge: visible on any colour."""
    for x, y, width, height in boxes:
        box = Rectangle((x, y), width, height, fill=False, edgecolor="white", linewidth=1.2)
        box.set_path_effects(CASING)
        axes.add_patch(box)


def circles(axes: Axes, centres: np.ndarray, sizes: np.ndarray) -> None:
    """A circle for each keypoint's scale, of centres (n, 2) and diameters (n,) in pixels."""
    ellipses = EllipseCollection(
        *(sizes, sizes, np.zeros(len(sizes))),
        offsets=centres,
        units="xy",
        facecolors="none",
        offset_transform=axes.transData,
        **KEYPOINTS,
    )
    axes.add_collection(ellipses)


def _draw_scale(axes: Axes, heat: Heat) -> None:
    """The colours below the tile with values and unit; on an empty tile, the reason."""
    if heat.values is None:
        reason = axes.annotate(fill(heat.reason, 30), (0.5, 0.5), xycoords="axes fraction")
        reason.set(color="white", fontsize=PLAIN, ha="center", va="center")
    if heat.values is None or not heat.limit:
        return
    bar = axes.inset_axes((0, -0.055, 1, 0.03))
    low, high = heat.ends
    bar.imshow(scale(heat), aspect="auto", extent=(low, high, 0, 1))
    ticks = sorted({low, 0.0, high})
    bar.set(yticks=[], xticks=ticks, xticklabels=[_number(tick) for tick in ticks])
    bar.tick_params(labelsize=SMALL, length=2, pad=1)
    first, *_, last = bar.get_xticklabels()
    first.set_horizontalalignment("left")
    last.set_horizontalalignment("right")
    bar.set_xlabel(heat.unit, fontsize=SMALL, labelpad=0)
    bar.spines[:].set_visible(False)


def _number(value: float) -> str:
    return f"{value:.2g}".replace("-", "−")
