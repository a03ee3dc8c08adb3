"""Rows of a feature store as the bytes of a Parquet part, and back from untrusted bytes."""

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features.recipe import LONGEST_DIGEST

LEARNED = b"learned"
COLUMNS = ("id", "digest", "vector")
# How parts are written; other encodings can unpack a few bytes to any number of rows.
COMPRESSION, ENCODINGS = "UNCOMPRESSED", {"PLAIN", "RLE"}
# The minimum size of a row: the lengths of two texts.
BYTES_PER_ROW = 8


class Rows(NamedTuple):
    """Ids, digests and features (n, d) of images, and the digest of what the extractor learned."""

    ids: list[str]
    digests: list[str]
    values: np.ndarray
    learned: str

    @property
    def kind(self) -> tuple[int, str]:
        """The width and type of the features."""
        return self.values.shape[1], "uint8" if self.values.dtype == np.uint8 else "float32"


def to_bytes(rows: Rows) -> bytes:
    """The bytes of a part; uint8 is kept, all other numbers become float32."""
    columns = (rows.ids, rows.digests, _column(rows.values))
    table = pa.table(dict(zip(COLUMNS, columns, strict=True)))
    table = table.replace_schema_metadata({LEARNED: rows.learned})
    buffer = pa.BufferOutputStream()
    # Features hardly compress, so compression and dictionaries only cost time.
    pq.write_table(
        table, buffer, compression="none", use_dictionary=False, write_page_checksum=True
    )
    return buffer.getvalue().to_pybytes()


def read(data: bytes) -> Rows | None:
    """The rows in the bytes of a part; None if `to_bytes` cannot have written them."""
    try:
        file = pq.ParquetFile(pa.BufferReader(data), page_checksum_verification=True)
        return _rows(file) if _plausible(file, len(data)) else None
    # Arrow raises many unrelated errors for damaged bytes.
    except Exception:
        return None


def count(source: Any, size: int) -> int:
    """The number of rows that a part declares; 0 if it cannot fit into `size` bytes."""
    try:
        rows = int(pq.read_metadata(source).num_rows)
    # As above.
    except Exception:
        return 0
    return rows if 0 <= rows * BYTES_PER_ROW <= size else 0


def are_digests(column: pa.ChunkedArray) -> bool:
    """Whether texts can be digests of files, by length and alphabet."""
    sizes = pc.min_max(pc.binary_length(column)).as_py()
    fitting = 0 < (sizes["min"] or 0) <= sizes["max"] <= LONGEST_DIGEST
    return fitting and pc.all(pc.string_is_ascii(column)).as_py()


def _plausible(file: pq.ParquetFile, size: int) -> bool:
    """Whether `to_bytes` may have written a part, with no more values than bytes."""
    metadata, schema = file.metadata, file.schema_arrow
    if not 0 < metadata.num_rows * BYTES_PER_ROW <= size or schema.names != list(COLUMNS):
        return False
    texts = all(schema.field(name).type == pa.string() for name in COLUMNS[:2])
    groups = (metadata.row_group(group) for group in range(metadata.num_row_groups))
    chunks = [group.column(column) for group in groups for column in range(group.num_columns)]
    return (
        texts
        and metadata.num_rows * _bytes_of(schema.field("vector").type) <= size
        and all(
            chunk.compression == COMPRESSION
            and ENCODINGS.issuperset(chunk.encodings)
            and 0 <= chunk.num_values <= size
            for chunk in chunks
        )
    )


def _bytes_of(kind: pa.DataType) -> float:
    """Bytes of a row of features of this type; infinite for types that are never written."""
    if pa.types.is_fixed_size_binary(kind):
        width, each = kind.byte_width, 1
    elif pa.types.is_fixed_size_list(kind) and kind.value_type == pa.float32():
        width, each = kind.list_size, 4
    else:
        return np.inf
    return width * each if width > 0 else np.inf


def _rows(file: pq.ParquetFile) -> Rows | None:
    # The store reads several parts at a time.
    table = file.read(columns=list(COLUMNS), use_threads=False)
    table.validate(full=True)
    column = table["vector"].combine_chunks()
    has_gaps = any(each.null_count for each in table.columns)
    if has_gaps or (not pa.types.is_fixed_size_binary(column.type) and column.values.null_count):
        return None
    learned = file.schema_arrow.metadata[LEARNED].decode()
    values = _values(column)
    sound = len(values) == file.metadata.num_rows and are_digests(table["digest"])
    sound = sound and np.isfinite(values).all()
    ids, digests = (table[name].to_pylist() for name in COLUMNS[:2])
    return Rows(ids, digests, values, learned) if sound else None


def _column(values: np.ndarray) -> pa.Array:
    """Features (n, d) as lists of float32; uint8 as binary, since Parquet integers take 4 bytes."""
    if values.dtype == np.uint8:
        data = pa.py_buffer(np.ascontiguousarray(values))
        return pa.Array.from_buffers(pa.binary(values.shape[1]), len(values), [None, data])
    numbers = pa.array(np.ascontiguousarray(values, np.float32).ravel())
    return pa.FixedSizeListArray.from_arrays(numbers, values.shape[1])


def _values(column: pa.Array) -> np.ndarray:
    if pa.types.is_fixed_size_binary(column.type):
        return np.frombuffer(column.buffers()[1], np.uint8).reshape(len(column), -1)
    return column.flatten().to_numpy().reshape(len(column), -1)
