"""Label tables: CSV in whatever encoding, as text, with columns found by any of their names."""

import re
import warnings
import zlib
from pathlib import Path
from typing import Any

import pandas as pd

from errors import BadTable, DatasetNotFound, first_line

UNREADABLE = (pd.errors.ParserError, pd.errors.EmptyDataError, OSError, EOFError, zlib.error)
# What separates columns where the header has no comma.
OTHER_MARKS = (";", "\t")
DECIMAL_COMMA = re.compile(r"^\s*([-+]?\d+),(\d+(?:[eE][-+]?\d+)?)\s*$")


def read_table(path: Path, **options: object) -> pd.DataFrame:
    """Every cell as stripped text, "" where empty; plain or gzipped, in UTF-8 or Latin-1."""
    if not path.is_file():
        raise DatasetNotFound(f"A table must be at {path}; there is no such file. Check the path.")
    try:
        with warnings.catch_warnings():
            # Rows longer than their header: every value would stand under its neighbour's name.
            warnings.simplefilter("error", pd.errors.ParserWarning)
            frame = _parse(path, options)
    except (*UNREADABLE, pd.errors.ParserWarning) as error:
        raise BadTable(
            f"{path} must be a CSV table; reading it failed with: {first_line(error)}."
            " Open it and check that every row has the header's columns, the id column a name too."
        ) from error
    frame.columns = [str(name).strip() for name in frame.columns]
    return frame.apply(lambda column: column.str.strip())


def read_lines(path: Path) -> list[str]:
    """What a list of films says: every line that is not empty, stripped."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadTable(
            f"A list of films must be a text file in UTF-8; {path} cannot be read as one."
            " Mend it, or name another."
        ) from error
    return [line.strip() for line in lines if line.strip()]


def find_column(frame: pd.DataFrame, *accepted: str) -> str | None:
    """The first column whose name is one of those accepted, whatever its case and spacing."""
    plain = {_plain(name): name for name in reversed(frame.columns)}
    return next((plain[_plain(name)] for name in accepted if _plain(name) in plain), None)


def need_column(frame: pd.DataFrame, path: Path, *accepted: str) -> str:
    """Like find_column; a table without it raises, naming the columns it has."""
    name = find_column(frame, *accepted)
    if name is None:
        raise BadTable(
            f"{path} must have a column {accepted[0]!r}; it has: {', '.join(frame.columns)}."
            f" Rename one of them (also understood: {', '.join(accepted[1:]) or 'no other'})."
        )
    return name


def _parse(path: Path, options: dict[str, object]) -> pd.DataFrame:
    settings = {"dtype": str, "keep_default_na": False, "na_filter": False, "index_col": False}
    try:
        return _separated(path, {"encoding": "utf-8-sig"} | settings | options)
    except UnicodeDecodeError:
        return _separated(path, {"encoding": "latin-1"} | settings | options)


def _separated(path: Path, settings: dict[str, Any]) -> pd.DataFrame:
    """As spreadsheets of other languages write CSV, too: semicolons or tabs, and decimal commas."""
    header = pd.read_csv(path, **settings | {"nrows": 0}).columns
    marks = [mark for mark in OTHER_MARKS if len(header) == 1 and mark in str(header[0])]
    if not marks:
        return pd.read_csv(path, **settings)
    frame = pd.read_csv(path, sep=marks[0], **settings)
    return frame.apply(lambda column: column.str.replace(DECIMAL_COMMA, r"\1.\2", regex=True))


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())
