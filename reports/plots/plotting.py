"""Shared by all plots: colour, line and marker of each model, and saving figures."""

from collections.abc import Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.text import Text

import storage
from escapes import visible_lines

# Okabe and Ito's colours, which colour-blind people can distinguish.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
LINES = ("-", "--", ":", "-.")
MARKERS = ("o", "s", "^", "D", "v")
QUIET = "#767676"
# Shown instead of a figure, for a label that all images have or lack.
ONE_CLASS = "one class only"


def styles(models: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Colour, line and marker of each model, as keyword arguments of matplotlib's `plot`."""
    looks = zip(models, cycle(COLOURS), cycle(LINES), cycle(MARKERS), strict=False)
    return {
        name: {"color": colour, "linestyle": line, "marker": marker}
        for name, colour, line, marker in looks
    }


def save(figure: Figure, path: Path, dpi: int = 120) -> Path:
    """The figure as a PNG file, whole or not at all."""
    literal(figure)
    with storage.whole(path) as temporary:
        figure.savefig(temporary, dpi=dpi)
    return path


def literal(figure: Figure) -> None:
    """Show characters in the figure's texts that have no glyph, such as escapes, as `\\x1b`."""
    # Ticks reset their labels whenever they are rendered, so fix these first.
    for axis in figure.findobj(Axis):
        names = [tick.get_text() for tick in axis.get_ticklabels()]
        if any(visible_lines(name) != name for name in names):
            axis.set_ticks(axis.get_ticklocs(), [*map(visible_lines, names)])
    for text in figure.findobj(Text):
        text.set_text(visible_lines(text.get_text()))
