"""Shared by all plots: colour, line and marker of each model, and writing figures as files."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from io import StringIO
from itertools import cycle
from pathlib import Path
from typing import Any

from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.text import Text

import checks
import storage
from datasets.options import Figures, listed
from errors import InvalidOption
from escapes import visible_lines

# Okabe and Ito's colours, which colour-blind people can distinguish. In grey, models differ by line
# and marker, which together repeat after 20 models.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
LINES: tuple[Any, ...] = ("-", (0, (4, 1.5)), (0, (1, 1.2)), (0, (5, 1.2, 1, 1.2)))
MARKERS = ("o", "s", "^", "D", "v")
# Visible on white and on black; the grid is the same, but fainter.
QUIET = "#767676"
GRID: dict[str, Any] = {"color": QUIET, "alpha": 0.25, "linewidth": 0.5}
# Of a label that few patients have.
FAINT = 0.45
# Shown instead of a figure, for a label that all images have or lack.
ONE_CLASS = "one class only"

MM = 1 / 25.4
WIDTHS = {"single": 89 * MM, "double": 183 * MM}
DOUBLE = WIDTHS["double"]
FORMATS = ("png", "svg", "pdf")
LEAST_DPI, MOST_DPI = 50, 1200
# What would make two files of the same figure differ.
UNDATED: dict[str, dict[str, Any]] = {
    "png": {},
    "svg": {"Date": None, "Creator": None, "Format": None, "Type": None},
    "pdf": {"CreationDate": None},
}
# Digits of an SVG that nobody sees.
LONG = re.compile(r"\d+\.\d{3,}")
FONT = re.compile(r"'DejaVu Sans'(?:, (?:'[^']*'|[\w-]+))*")


@dataclass(frozen=True)
class Paper:
    """How figures are written: formats, dots per inch of PNG, and the width in inches."""

    formats: tuple[str, ...] = FORMATS[:1]
    dpi: int = Figures.dpi
    width: float = DOUBLE

    @staticmethod
    def of(options: Figures) -> "Paper":
        """The paper that is asked for."""
        formats = tuple(listed(options.figures))
        if not formats or not set(formats) <= set(FORMATS):
            raise InvalidOption(
                f"--figures must be formats among {', '.join(FORMATS)}, comma-separated; got"
                f" {options.figures!r}. Type --figures png,pdf."
            )
        checks.one_of("--figure-width", options.figure_width, WIDTHS)
        if not LEAST_DPI <= options.dpi <= MOST_DPI:
            raise InvalidOption(
                f"--dpi must be from {LEAST_DPI} to {MOST_DPI}; got {options.dpi}. Journals ask for"
                " 300 to 600."
            )
        return Paper(formats, options.dpi, WIDTHS[options.figure_width])


PNG = Paper()


def styles(models: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Colour, line and marker of each model, as keyword arguments of matplotlib's `plot`."""
    looks = zip(models, cycle(COLOURS), cycle(LINES), cycle(MARKERS), strict=False)
    return {
        name: {"color": colour, "linestyle": line, "marker": marker}
        for name, colour, line, marker in looks
    }


def save(figure: Figure, path: Path, dpi: int = 120) -> Path:
    """The figure as a PNG file, whole or not at all."""
    return _write(figure, path, "png", dpi)


def write(figure: Figure, folder: Path, name: str, paper: Paper = PNG) -> list[Path]:
    """The figure as NAME.png, NAME.svg or NAME.pdf: a file for each format of the paper."""
    return [_write(figure, folder / f"{name}.{kind}", kind, paper.dpi) for kind in paper.formats]


def inline(figure: Figure, name: str, alt: str) -> str:
    """The figure as SVG for a page of any colours: its text and its axes have the page's ink.

    Names in it start with that of the figure, so that a page can have several.
    """
    literal(figure)
    file = StringIO()
    figure.savefig(file, format="svg", metadata=UNDATED["svg"], transparent=True)
    drawing = file.getvalue().partition("<svg ")[2]
    # Its only rule would style the whole page.
    drawing = re.sub(r"<metadata>.*?</metadata>|<style .*?</style>", "", drawing, flags=re.DOTALL)
    drawing = re.sub(r'(\bid="|href="#|url\(#)', rf"\1{name}-", drawing)
    drawing = LONG.sub(lambda number: f"{float(number[0]):.2f}", drawing)
    drawing = FONT.sub("sans-serif", drawing).replace("#000000", "currentColor")
    look = 'fill="currentColor" stroke-linejoin="round"'
    return f'<svg role="img" aria-label="{escape(alt)}" {look} {drawing}'


def literal(figure: Figure) -> None:
    """Show characters in the figure's texts that have no glyph, such as escapes, as `\\x1b`."""
    # Ticks reset their labels whenever they are rendered, so fix these first.
    for axis in figure.findobj(Axis):
        names = [tick.get_text() for tick in axis.get_ticklabels()]
        if any(visible_lines(name) != name for name in names):
            axis.set_ticks(axis.get_ticklocs(), [*map(visible_lines, names)])
    for text in figure.findobj(Text):
        text.set_text(visible_lines(text.get_text()))


def _write(figure: Figure, path: Path, kind: str, dpi: int) -> Path:
    literal(figure)
    with storage.whole(path) as temporary:
        settings: dict[str, Any] = {"metadata": UNDATED[kind], "transparent": kind == "svg"}
        figure.savefig(temporary, format=kind, dpi=dpi, **settings)
    return path
