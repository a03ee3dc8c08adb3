"""Text for a terminal of 80 columns: sentences in lines, and cells in columns."""

import textwrap
from collections.abc import Iterator, Sequence

from reports.conclusions import LINE

# Of names, which are broken into lines, and between columns.
NARROWEST, GAP = 12, 2


def wrapped(text: str, indent: str = "") -> list[str]:
    """Text in lines of a terminal, from the second on indented; longer words are broken."""
    return textwrap.wrap(text, LINE, subsequent_indent=indent, break_on_hyphens=False) or [""]


def aligned(rows: Sequence[Sequence[str]], width: int = LINE) -> list[str]:
    """Cells in columns, the first to the left and the others to the right.

    Names in the first column are broken into lines where the row is wider than a terminal.
    """
    if not rows:
        return []
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    room = max(NARROWEST, width - sum(each + GAP for each in widths[1:]))
    widths[0] = min(widths[0], room)
    return [line for row in rows for line in _row(row, widths)]


def _row(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    """The figures beside the last line of the name."""
    *names, name = textwrap.wrap(row[0], max(1, widths[0]), break_on_hyphens=False) or [""]
    yield from names
    cells = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
    yield (" " * GAP).join([name.ljust(widths[0]), *cells]).rstrip()
