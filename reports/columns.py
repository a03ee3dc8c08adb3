"""Text for a terminal of 80 columns: sentences in lines, and cells in columns."""

import re
import textwrap
from collections.abc import Iterator, Sequence

from reports.conclusions import LINE

# Of names, which are broken into lines, and between columns.
NARROWEST, GAP = 12, 2
# Columns for the names and counts of a block; models or seeds stand beside them.
COUNTED, AUC = 21, 20
# A head with the figures below it, and their width.
Column = tuple[Sequence[str], int]


class _Names(textwrap.TextWrapper):
    """Breaks a name after a colon, plus or underscore rather than inside a word."""

    def _split(self, text: str) -> list[str]:
        pieces = super()._split(text)
        return [part for piece in pieces for part in re.split(r"(?<=[:+_])(?=\w)", piece)]


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


def blocks(names: Sequence[Sequence[str]], figures: Sequence[Sequence[str]]) -> list[str]:
    """Rows of names and figures as tables below each other, so that all fit a terminal."""
    beside = [min(COUNTED, max(map(len, column))) for column in zip(*names, strict=True)]
    room = LINE - sum(beside) - GAP * len(beside)
    found: list[list[Column]] = [[]]
    for column in zip(*figures, strict=True):
        # A model's name may be longer than its figures: it is then broken into lines.
        width = max(*map(len, column[1:]), _longest(column[0]))
        if found[-1] and sum(each + GAP for _, each in found[-1]) + width > room:
            found.append([])
        found[-1].append((column, width))
    first, *others = (_block(names, each) for each in found)
    return [*first, *(line for each in others for line in ("", *each))]


def _row(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    """The figures beside the last line of the name."""
    *names, name = _Names(max(1, widths[0]), break_on_hyphens=False).wrap(row[0]) or [""]
    yield from names
    cells = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
    yield (" " * GAP).join([name.ljust(widths[0]), *cells]).rstrip()


def _longest(head: str) -> int:
    """The length of the longest word, which is not broken unless it is longer than a figure."""
    return min(AUC, max(map(len, head.split())))


def _block(names: Sequence[Sequence[str]], columns: Sequence[Column]) -> list[str]:
    heads = [_Names(width).wrap(column[0]) for column, width in columns]
    height = max(map(len, heads))
    tops = [["", *[""] * (len(names[0]) - 1), *row] for row in _bottom(heads, height - 1)]
    rows = [
        [
            *name,
            *(column[place] if place else heads[at][-1] for at, (column, _) in enumerate(columns)),
        ]
        for place, name in enumerate(names)
    ]
    return aligned([*tops, *rows])


def _bottom(heads: Sequence[Sequence[str]], height: int) -> Iterator[list[str]]:
    """All lines of the heads but their last, which end at the same height."""
    for line in range(height):
        yield [
            head[line - height + len(head) - 1] if line - height + len(head) - 1 >= 0 else ""
            for head in heads
        ]
