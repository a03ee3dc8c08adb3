"""Places of axes, legends and long names in a figure, in inches, measured before it is made."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from escapes import visible_lines

POINTS = 72
# Sizes of text in points, and the height of a line in parts of its size.
TITLE, PLAIN, SMALL, TINY = 8, 7, 6, 5
LINE = 1.3
# Around a figure, and between texts and what they are about.
EDGE, PAD = 0.06, 0.07
# Of a legend: the line beside a name and the space after it, in parts of the size of its text.
HANDLE, AFTER = 3.4, 1.6
# Steps between the numbers of an axis, in powers of ten.
STEPS = (1, 2, 5, 10)
# Names are broken after a blank, or after one of these signs.
PIECES = re.compile(r"\S+?[_/:-]+(?=\S)|\S+\s*|\s+")


def text_width(text: str, size: float) -> float:
    """The width of the longest line."""
    return max(_points(line) for line in visible_lines(text).split("\n")) * size / POINTS


def text_height(text: str, size: float) -> float:
    """The height of all lines."""
    return _lines(text) * size * LINE / POINTS


def wrapped(text: str, size: float, width: float) -> str:
    """Text with more line breaks, so that each line fits the width; a longer word is broken too."""
    return "\n".join(_wrapped(line, size, width) for line in visible_lines(text).split("\n"))


@dataclass(frozen=True)
class Sheet:
    """A figure without a layout engine, whose axes are placed from its upper left corner."""

    figure: Figure

    @staticmethod
    def of(width: float, height: float) -> "Sheet":
        """An empty figure."""
        return Sheet(Figure(figsize=(width, height)))

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Axes without the upper and the right spine, and with small ticks."""
        across, down = self.figure.get_size_inches()
        place = (left / across, 1 - (top + height) / down, width / across, height / down)
        axes = self.figure.add_axes(place)
        axes.spines[["top", "right"]].set_visible(False)
        axes.spines[:].set_linewidth(0.6)
        axes.tick_params(labelsize=SMALL, width=0.6, length=2.5, pad=2)
        return axes

    def text(self, left: float, top: float, text: str, size: float = PLAIN, **look: Any) -> None:
        """Text whose upper left corner is at this place, unless aligned otherwise."""
        across, down = self.figure.get_size_inches()
        look = {"va": "top", "linespacing": 1.15, "fontsize": size} | look
        self.figure.text(left / across, 1 - top / down, text, None, **look)


@dataclass(frozen=True)
class Key:
    """A legend at the top of a figure: its names with line breaks, columns and height."""

    names: Sequence[str]
    columns: int
    height: float

    @staticmethod
    def of(names: Sequence[str], width: float) -> "Key":
        """The legend of these names in a figure of this width; none for a single name."""
        if len(names) < 2:
            return Key((), 1, EDGE)
        beside = (HANDLE + AFTER) * PLAIN / POINTS
        room = width - 2 * EDGE
        shown = [wrapped(name, PLAIN, room - beside) for name in names]
        cell = max(text_width(name, PLAIN) for name in shown) + beside
        columns = max(1, min(len(names), int(room / cell)))
        rows = [shown[row :: -(-len(names) // columns)] for row in range(-(-len(names) // columns))]
        lines = sum((1.2 * max(map(_lines, row)) + 0.35) * PLAIN / POINTS for row in rows)
        return Key(shown, columns, EDGE + lines + PAD)

    def draw(self, figure: Figure, handles: Sequence[Artist], top: float = 0) -> None:
        """Draw the legend, of a handle for each name, this far below the upper edge."""
        if self.names:
            figure.legend(
                handles,
                self.names,
                loc="upper center",
                bbox_to_anchor=(0.5, 1 - (top + EDGE) / figure.get_size_inches()[1]),
                ncols=self.columns,
                fontsize=PLAIN,
                frameon=False,
                **{"borderpad": 0, "borderaxespad": 0, "handlelength": 2.6, "labelspacing": 0.3},
                **{"handletextpad": 0.6, "columnspacing": 1.2},
            )


def _wrapped(text: str, size: float, width: float) -> str:
    lines = [""]
    for piece in (part for word in PIECES.findall(text) for part in _fitting(word, size, width)):
        if lines[-1] and text_width((lines[-1] + piece).rstrip(), size) > width:
            lines.append("")
        lines[-1] += piece
    return "\n".join(line.rstrip() for line in lines)


def _lines(text: str) -> int:
    return text.count("\n") + 1


def _fitting(word: str, size: float, width: float) -> list[str]:
    """A word, in pieces if it is longer than a line."""
    pieces = [""]
    for letter in word if text_width(word.rstrip(), size) > width else ():
        if pieces[-1] and text_width(pieces[-1] + letter, size) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces if pieces[-1] else [word]


@lru_cache(4096)
def _points(line: str) -> float:
    """The width of a line in points at a size of 1."""
    size = 100.0
    font = FontProperties(size=size)
    return float(text_to_path.get_text_width_height_descent(line, font, ismath=False)[0]) / size
