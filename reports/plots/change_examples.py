"""One image after each change at each severity, in rows."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from reports.plots.page_layout import EDGE, PAD, PLAIN, SMALL, Sheet, text_height, text_width
from reports.plots.plotting import DOUBLE

# Inches between images.
GAP = 0.04
UNCHANGED = "unchanged"


def sheet(
    planes: Mapping[str, Sequence[np.ndarray]],
    amounts: Mapping[str, Sequence[str]],
    title: str,
    width: float = DOUBLE,
) -> Figure:
    """A row for each change: the image (h, w) uint8, then the image at each severity.

    What each severity means is below its image. Images are shown whole, whatever their shape.
    """
    n_columns = len(next(iter(planes.values())))
    left = EDGE + max(text_width(name, PLAIN) for name in planes) + PAD
    side = (width - left - EDGE) / n_columns - GAP
    above, below = 2 * EDGE + text_height(title, PLAIN), text_height("0", SMALL)
    row_height = side + below + GAP
    made = Sheet.of(width, above + row_height * len(planes) + EDGE)
    made.text(width / 2, EDGE, title, ha="center")
    for row, (name, images) in enumerate(planes.items()):
        top = above + row * row_height
        made.text(EDGE, top + side / 2, name, va="center")
        for column, image in enumerate(images):
            place = left + column * (side + GAP)
            axes = made.axes(place, top, side, side)
            axes.imshow(image, cmap="gray", vmin=0, vmax=255)
            axes.set_axis_off()
            caption = [UNCHANGED, *amounts[name]][column]
            made.text(place + side / 2, top + side, caption, SMALL, ha="center")
    return made.figure
