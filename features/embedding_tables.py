"""Embeddings in tables: Parquet with a column of lists, or CSV with a column for each number."""

import warnings
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

import storage
from datasets import table_files
from datasets.label_tables import IMAGE
from datasets.tables import UNREADABLE, letters_of
from errors import BadArrays, HybridError, first_line

ROWS_AT_ONCE = 4096
MAX_ROWS, MAX_NUMBERS, MAX_COLUMNS = 5_000_000, 1_000_000_000, 100_000
NUMBER_BYTES = 4
# Embeddings hardly compress. Small files may unpack to more.
MAX_RATIO, FREE_BYTES = 100, 1_000_000
# Columns of lists that are taken for the embedding, the first of them that is there.
VECTORS = ("vector", "embedding", "embeddings", "features")
# A cell of a number column that holds no number.
EMPTY = ("", "nan", "NaN", "NA", "null", "None")

# Ids, and their arrays (n, ...) with the same first axis.
Rows = tuple[Sequence[str], np.ndarray]


def of_parquet(path: Path) -> Iterator[Rows]:
    """The rows of a Parquet file, some at a time."""
    try:
        with storage.opened(path) as source, pq.ParquetFile(source) as file:
            _check_size(file, path.stat().st_size)
            image, vectors = _columns(file.schema_arrow)
            for batch in file.iter_batches(ROWS_AT_ONCE, columns=[image, *vectors]):
                yield from _rows(batch, image, vectors)
    except (HybridError, FileNotFoundError):
        raise
    # Arrow raises many unrelated errors for damaged bytes.
    except Exception as error:
        raise BadArrays(f"it is no Parquet table ({first_line(error)})") from error


def _check_size(file: pq.ParquetFile, size: int) -> None:
    """Refuse more rows or numbers than fit into memory or into a file of `size` bytes."""
    metadata = file.metadata
    groups = (metadata.row_group(group) for group in range(metadata.num_row_groups))
    numbers = sum(
        group.column(column).num_values for group in groups for column in range(group.num_columns)
    )
    if metadata.num_rows > MAX_ROWS or numbers > MAX_NUMBERS:
        raise BadArrays(f"it declares more than {MAX_ROWS:,} rows or {MAX_NUMBERS:,} numbers")
    if NUMBER_BYTES * numbers > MAX_RATIO * size + FREE_BYTES:
        raise BadArrays(f"it unpacks to over {MAX_RATIO} times its size")


def _columns(schema: pa.Schema) -> tuple[str, list[str]]:
    """The column of ids and the columns of numbers of a Parquet table."""
    image = _image_column(schema.names)
    lists = [name for name in schema.names if _is_list(schema.field(name).type) and name != image]
    named = [name for wanted in VECTORS for name in lists if letters_of(name) == wanted]
    if lists:
        return image, (named or lists)[:1]
    numbers = [name for name in schema.names if name != image and _is_number(schema, name)]
    if not numbers:
        raise BadArrays(f"it has no column of numbers beside {image!r}")
    return image, numbers


def _image_column(names: Sequence[str]) -> str:
    """The column of ids: one with a name that label tables use, else the first."""
    by_letters = {letters_of(name): name for name in reversed(names)}
    found = (
        by_letters[letters_of(name)] for name in ("id", *IMAGE) if letters_of(name) in by_letters
    )
    return next(found, names[0])


def _is_list(kind: pa.DataType) -> bool:
    types = pa.types
    return types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind)


def _is_number(schema: pa.Schema, name: str) -> bool:
    kind = schema.field(name).type
    return pa.types.is_floating(kind) or pa.types.is_integer(kind)


def _rows(batch: pa.RecordBatch, image: str, vectors: Sequence[str]) -> Iterator[Rows]:
    ids = batch.column(image).cast(pa.string()).to_pylist()
    columns = [batch.column(name) for name in vectors]
    if len(columns) > 1 or not _is_list(columns[0].type):
        yield ids, np.column_stack([_numbers(column, ()) for column in columns])
        return
    column = columns[0]
    shape: tuple[int, ...] = ()
    if len(pc.unique(pc.list_value_length(column))) > 1 or column.null_count:
        # Rows of several widths are given one by one, so that an error can name the image.
        for row, name in enumerate(ids):
            yield [name], np.asarray(column[row].as_py() or [], float)[None]
        return
    while _is_list(column.type):
        width = pc.list_value_length(column)[0].as_py()
        column, shape = column.flatten(), (*shape, width)
    yield ids, _numbers(column, shape)


def _numbers(column: Any, shape: tuple[int, ...]) -> np.ndarray:
    """The numbers of a column, NaN where one is missing."""
    return np.asarray(column.to_numpy(zero_copy_only=False)).reshape(-1, *shape)


def of_csv(path: Path) -> Iterator[Rows]:
    """The rows of a CSV file in UTF-8 whose other columns are all numbers."""
    try:
        with table_files.opened(path) as file, warnings.catch_warnings():
            # If rows are longer than the header, values would end up in the wrong column.
            warnings.simplefilter("error", pd.errors.ParserWarning)
            table_files.size_of(path, file, MAX_COLUMNS, MAX_NUMBERS)
            frame, image = _parsed(file)
    except (HybridError, FileNotFoundError):
        raise
    except (*UNREADABLE, ValueError, pd.errors.ParserWarning) as error:
        raise BadArrays(
            f"it is no CSV table with a column of ids and else only numbers ({first_line(error)})"
        ) from error
    numbers = frame.drop(columns=image).to_numpy(np.float32)
    yield frame[image].astype(str).tolist(), numbers


def _parsed(file: BinaryIO) -> tuple[pd.DataFrame, str]:
    """The table with its numbers as such, and the name of its column of ids."""
    file.seek(0)
    names = [str(name) for name in pd.read_csv(file, nrows=0, encoding="utf-8-sig").columns]
    image = _image_column(names)
    kinds: Any = defaultdict(lambda: np.float32, {image: str})
    empty = {name: EMPTY for name in names if name != image}
    settings: Any = {"dtype": kinds, "keep_default_na": False, "na_values": empty}
    file.seek(0)
    return pd.read_csv(file, encoding="utf-8-sig", index_col=False, **settings), image
