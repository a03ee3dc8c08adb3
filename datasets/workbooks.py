"""Excel workbooks as label tables: the first sheet, each cell as text, within the limits of CSV."""

import warnings
import zipfile
from collections.abc import Iterator
from datetime import datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd

import storage
from datasets import table_files
from errors import BadTable
from progress import warn

try:
    import openpyxl  # type: ignore[import-untyped]
except ModuleNotFoundError as error:
    raise BadTable(
        "Excel tables need openpyxl; it is not installed. Type pip install openpyxl, or save the"
        " table as CSV."
    ) from error

MAX_PARTS = 10_000
MIDNIGHT = time()


def read(path: Path, nrows: int | None = None) -> pd.DataFrame:
    """The first sheet of a workbook: the first row names the columns, cells are text or ""."""
    with storage.opened(path, table_files.MAX_BYTES) as file:
        _check(path, file)
        try:
            with warnings.catch_warnings():
                # Styles and validations of cells that openpyxl does not know do not matter here.
                warnings.simplefilter("ignore")
                book = openpyxl.load_workbook(file, read_only=True, data_only=True)
                rows = list(islice(_rows(path, book), None if nrows is None else nrows + 1))
        except BadTable:
            raise
        # What damaged workbooks make openpyxl raise has no common ancestor.
        except Exception as error:
            raise BadTable(
                f"{path} must be an Excel workbook; reading it failed with"
                f" {type(error).__name__}. Open it, save it as CSV, and name that file."
            ) from error
    return _frame(path, rows)


def _check(path: Path, file: Any) -> None:
    """Refuse an archive that would fill the memory once unpacked."""
    try:
        parts = zipfile.ZipFile(file).infolist()
    except zipfile.BadZipFile as error:
        raise BadTable(
            f"{path} must be an Excel workbook; it is none. Save the table as CSV, and name that."
        ) from error
    if len(parts) > MAX_PARTS or sum(each.file_size for each in parts) > table_files.MAX_BYTES:
        table_files.refuse(
            path, f"at most {table_files.MAX_BYTES / 1e6:g} MB once unpacked", "more"
        )


def _rows(path: Path, book: Any) -> Iterator[list[str]]:
    """The rows of the first sheet as text, without empty ones, as long as they keep the limits."""
    sheet = book.worksheets[0]
    if len(book.worksheets) > 1:
        warn(f"{path} has {len(book.worksheets)} sheets; only the first, {sheet.title}, is read")
    # What a file declares of its size may be wrong.
    sheet.reset_dimensions()
    cells = 0
    for number, row in enumerate(sheet.iter_rows(values_only=True)):
        texts = [_text(value) for value in row]
        while texts and not texts[-1]:
            texts.pop()
        cells += len(texts)
        table_files.check_columns(path, len(texts), 1, table_files.MAX_COLUMNS)
        if number > table_files.MAX_ROWS or cells > table_files.MAX_CELLS:
            table_files.refuse(path, f"at most {table_files.MAX_CELLS:,} cells", "more")
        if texts:
            yield texts


def _text(value: object) -> str:
    """A cell as a CSV would have it: whole numbers without a point, dates without midnight."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == MIDNIGHT:
        return value.date().isoformat()
    return str(value).strip()


def _frame(path: Path, rows: list[list[str]]) -> pd.DataFrame:
    if not rows:
        raise BadTable(f"{path} must have a row of names; its first sheet is empty. Fill it in.")
    width = max(map(len, rows))
    names = [*rows[0], *[""] * (width - len(rows[0]))]
    columns = [name or f"Unnamed: {place}" for place, name in enumerate(names)]
    filled = [[*row, *[""] * (width - len(row))] for row in rows[1:]]
    frame = pd.DataFrame(filled, columns=columns, dtype=str)
    table_files.check_cells(path, max((len(cell) for row in rows for cell in row), default=0))
    return frame
