"""CSV that people open in spreadsheets: the one place that writes cells, and reads them back.

A text cell that a spreadsheet would run as a formula begins with an apostrophe, which makes it
text; characters that are not seen are written as escapes. Numbers are written as they are. `cell`
and `text_of` are inverse, so ids and labels in tables that `score` reads still match.
"""

import csv
import re
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from escapes import HIDDEN, visible

if TYPE_CHECKING:
    import pandas as pd

# As OWASP lists them, with the wide forms that Excel takes too; blanks before them are skipped.
# An apostrophe that a text brings along gets another, else reading would take it off.
TO_MARK = re.compile("'*(?:\\s*[=+@\\uff1d\\uff0b\\uff0d\\uff20-]|[\t\r\n])")
_ESCAPE = r"x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}"
# A backslash that would read as an escape is one too, or reading would take it for one.
ALIKE = re.compile(rf"\\(?={_ESCAPE})")
ESCAPE = re.compile(rf"\\(?:{_ESCAPE})")
# Kinds of columns, as NumPy calls them, that hold no text.
NUMBERS = "biufc"


def cell(value: Any) -> Any:
    """A value as its cell holds it: text that no spreadsheet runs, anything else unchanged."""
    if not isinstance(value, str) or _is_plain(value):
        return value
    marked = f"'{value}" if TO_MARK.match(value) else value
    return visible(ALIKE.sub(r"\\x5c", marked))


def text_of(cell: str) -> str:
    """The text that `cell` wrote; a cell of another program stays, unless it looks like ours."""
    text = ESCAPE.sub(_unescaped, cell)
    return text[1:] if text.startswith("'") and TO_MARK.match(text) else text


def safe(table: "pd.DataFrame") -> "pd.DataFrame":
    """A table whose texts, names of columns among them, are cells."""
    made = table.rename(columns=cell)
    for place, kind in enumerate(table.dtypes):
        if kind.kind not in NUMBERS:
            made.isetitem(place, table.iloc[:, place].map(cell))
    return made


class Rows:
    """An open file that takes rows of CSV."""

    def __init__(self, file: TextIO, header: Sequence[str]) -> None:
        self._rows = csv.writer(file, lineterminator="\n")
        self.add(header)

    def add(self, *rows: Iterable[Any]) -> None:
        """Append rows of values."""
        self._rows.writerows(map(cell, row) for row in rows)


def _is_plain(text: str) -> bool:
    """Whether a text can only be its own cell: most are, and this is the fast way to see it."""
    return text.isascii() and text.isprintable() and text[:1].isalnum() and "\\" not in text


def _unescaped(found: re.Match[str]) -> str:
    code = int(found[0][2:], 16)
    # Halves of characters cannot be written; what is not escaped when written stands for itself.
    if code > sys.maxunicode or 0xD800 <= code < 0xE000:
        return found[0]
    return chr(code) if chr(code) == "\\" or HIDDEN.match(chr(code)) else found[0]
