"""CSV that is safe to open in spreadsheets: all cells are written and read back here.

A cell that a spreadsheet would run as a formula gets an apostrophe, which makes it text. Invisible
characters are written as escapes, numbers unchanged. `text_of` is the inverse of `cell`, so ids and
labels in tables that `score` reads still match.
"""

import csv
import re
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from escapes import HIDDEN, visible

if TYPE_CHECKING:
    import pandas as pd

# The starts of formulas by OWASP, and wide forms that Excel accepts; leading blanks are skipped.
# A text that starts with an apostrophe gets another, or reading would remove it.
TO_MARK = re.compile("'*(?:\\s*[=+@\\uff1d\\uff0b\\uff0d\\uff20-]|[\t\r\n])")
_ESCAPE = r"x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}"
# A backslash that looks like the start of an escape is escaped too.
ALIKE = re.compile(rf"\\(?={_ESCAPE})")
ESCAPE = re.compile(rf"\\(?:{_ESCAPE})")
# NumPy kinds of columns without text.
NUMBERS = "biufc"


def cell(value: Any) -> Any:
    """The cell of a value: text that no spreadsheet runs, other values unchanged."""
    if not isinstance(value, str) or _is_plain(value):
        return value
    marked = f"'{value}" if TO_MARK.match(value) else value
    return visible(ALIKE.sub(r"\\x5c", marked))


def text_of(cell: str) -> str:
    """The text of a cell that `cell` wrote; cells of other programs rarely change."""
    text = ESCAPE.sub(_unescaped, cell)
    return text[1:] if text.startswith("'") and TO_MARK.match(text) else text


def safe(table: "pd.DataFrame") -> "pd.DataFrame":
    """A table whose texts and column names are safe cells."""
    made = table.rename(columns=cell)
    for place, kind in enumerate(table.dtypes):
        if kind.kind not in NUMBERS:
            made.isetitem(place, table.iloc[:, place].map(cell))
    return made


class Rows:
    """An open file to which rows of CSV are written."""

    def __init__(self, file: TextIO, header: Sequence[str]) -> None:
        self._rows = csv.writer(file, lineterminator="\n")
        self.add(header)

    def add(self, *rows: Iterable[Any]) -> None:
        """Append rows of values."""
        self._rows.writerows(map(cell, row) for row in rows)


def _is_plain(text: str) -> bool:
    """Whether a text is its own cell, by a fast check that covers most texts."""
    return text.isascii() and text.isprintable() and text[:1].isalnum() and "\\" not in text


def _unescaped(found: re.Match[str]) -> str:
    code = int(found[0][2:], 16)
    # Surrogates cannot be written, and characters that are never escaped stay as they are.
    if code > sys.maxunicode or 0xD800 <= code < 0xE000:
        return found[0]
    return chr(code) if chr(code) == "\\" or HIDDEN.match(chr(code)) else found[0]
