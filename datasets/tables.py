"""Label tables: CSV of any encoding read as text, and columns found by any of their names."""

import re
import warnings
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import BadZipFile

import pandas as pd
from pandas.api.types import is_numeric_dtype as is_number

import storage
from datasets import table_files
from datasets.table_files import Size
from errors import BadTable, DatasetNotFound, FileUnreadable, first_line

UNREADABLE = (
    pd.errors.ParserError,
    pd.errors.EmptyDataError,
    OSError,
    EOFError,
    zlib.error,
    BadZipFile,
)
MAX_LIST_BYTES = 100_000_000
# Kinds of Excel workbooks that can be read.
WORKBOOKS = (".xlsx", ".xlsm")
# Other separators of columns, tried if the header has no comma.
OTHER_MARKS = (";", "\t")
DECIMAL_COMMA = re.compile(r"^\s*([-+]?\d+),(\d+(?:[eE][-+]?\d+)?)\s*$")


_noted: ContextVar[set[Path] | None] = ContextVar("noted", default=None)


@contextmanager
def noting() -> Iterator[set[Path]]:
    """A context with the set of tables that were read in it."""
    read: set[Path] = set()
    before = _noted.set(read)
    try:
        yield read
    finally:
        _noted.reset(before)


def read_table(path: Path, **options: Any) -> pd.DataFrame:
    """A table (.gz, .zip or plain; UTF-8 or Latin-1), each cell as stripped text, "" if empty.

    A workbook of Excel is read too; `options` other than nrows are for text.
    """
    if (noted := _noted.get()) is not None:
        noted.add(path)
    try:
        if path.name.lower().endswith(WORKBOOKS):
            return _workbook(path, options)
        with table_files.opened(path) as file, warnings.catch_warnings():
            # If rows are longer than the header, values would end up in the wrong column.
            warnings.simplefilter("error", pd.errors.ParserWarning)
            frame = _parse(path, file, options)
    except FileNotFoundError as error:
        raise DatasetNotFound(
            f"{path} must be a table; there is no such file. Check the path."
        ) from error
    except FileUnreadable:
        raise
    except (*UNREADABLE, pd.errors.ParserWarning) as error:
        raise BadTable(
            f"{path} must be a CSV table; reading it failed with: {first_line(error)}."
            " Open it and check that every row has as many columns as the header, and that each"
            " column has a name."
        ) from error
    frame.columns = [str(name).strip() for name in frame.columns]
    return frame.apply(lambda column: column if is_number(column) else column.str.strip())


def _workbook(path: Path, options: dict[str, Any]) -> pd.DataFrame:
    # Imported here, because few tables are workbooks, and openpyxl need not be installed.
    from datasets import workbooks

    return workbooks.read(path, options.get("nrows"))


def read_lines(path: Path) -> list[str]:
    """The lines of a list of images, stripped and without empty ones."""
    try:
        lines = storage.read_text(path, MAX_LIST_BYTES, "utf-8-sig").splitlines()
    except FileUnreadable:
        raise
    except (OSError, UnicodeDecodeError) as error:
        raise BadTable(
            f"A list of images must be a text file in UTF-8; {path} cannot be read as one."
            " Save it as UTF-8, or name another file."
        ) from error
    return [line.strip() for line in lines if line.strip()]


def tables_in(root: Path, *patterns: str) -> list[Path]:
    """The files of a folder that have these names, those of the first pattern first."""
    return [path for pattern in patterns for path in sorted(root.glob(pattern))]


def first_table(root: Path, patterns: Sequence[str], layout: str, usual: str) -> Path:
    """The first table with the names of a layout; without one, an error names the usual."""
    tables = tables_in(root, *patterns)
    if not tables:
        raise DatasetNotFound(
            f"{layout} needs {usual} in {root}; it is not there. Copy it there, or choose another"
            " --format."
        )
    return tables[0]


def find_column(frame: pd.DataFrame, *accepted: str) -> str | None:
    """The first accepted column of a table, without regard to case and spacing; else None."""
    names = {letters_of(name): name for name in reversed(frame.columns)}
    return next((names[letters_of(name)] for name in accepted if letters_of(name) in names), None)


def need_column(frame: pd.DataFrame, path: Path, *accepted: str) -> str:
    """Like find_column, but a table without such a column raises BadTable with its columns."""
    name = find_column(frame, *accepted)
    if name is None:
        raise BadTable(
            f"{path} must have a column {accepted[0]!r}; it has: {', '.join(frame.columns)}."
            f" Rename one of them (other accepted names: {', '.join(accepted[1:]) or 'none'})."
        )
    return name


def _parse(path: Path, file: BinaryIO, options: dict[str, Any]) -> pd.DataFrame:
    size = table_files.size_of(path, file)
    settings = {"dtype": str, "keep_default_na": False, "na_filter": False, "index_col": False}
    try:
        frame = _separated(path, file, size, {"encoding": "utf-8-sig"} | settings | options)
    except UnicodeDecodeError:
        frame = _separated(path, file, size, {"encoding": "latin-1"} | settings | options)
    if size.bytes > table_files.MAX_LINE:
        table_files.check_cells(path, _longest(frame))
    return frame


def _separated(path: Path, file: BinaryIO, size: Size, settings: dict[str, Any]) -> pd.DataFrame:
    """Reads commas, or semicolons and tabs with decimal commas, as some spreadsheets write them."""
    header = _read(file, settings | {"nrows": 0}).columns
    marks = [mark for mark in OTHER_MARKS if len(header) == 1 and mark in str(header[0])]
    # With line breaks in quoted names, a header can have more columns than its first line.
    table_files.check_columns(path, len(header), size.lines)
    if not marks:
        return _read(file, settings)
    frame = _read(file, {"sep": marks[0]} | settings)
    return frame.apply(lambda column: column.str.replace(DECIMAL_COMMA, r"\1.\2", regex=True))


def _read(file: BinaryIO, settings: dict[str, Any]) -> pd.DataFrame:
    file.seek(0)
    return pd.read_csv(file, **settings)


def _longest(frame: pd.DataFrame) -> int:
    """The number of characters in the longest cell or column name."""
    texts = [column for _, column in frame.items() if len(column) and not is_number(column)]
    cells = [int(column.str.len().max()) for column in texts]
    return max([*cells, *(len(str(name)) for name in frame.columns)], default=0)


def letters_of(name: str) -> str:
    """The letters and digits of a name in lower case, by which names are compared."""
    return "".join(letter for letter in name.lower() if letter.isalnum())
