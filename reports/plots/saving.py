"""Figures on disk."""

from pathlib import Path

from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.text import Text

import storage
from escapes import visible_lines


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
