"""Parts of a store as a forger may write them, who can give them names that fit their bytes."""

import base64
from io import BytesIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

LEARNED = {b"learned": b""}
IDS, DIGESTS = ["a", "b", "c"], ["1", "2", "3"]
VECTORS = pa.FixedSizeListArray.from_arrays(pa.array(np.arange(12, dtype=np.float32)), 4)
ROWS = 12_345


def written(columns, metadata=LEARNED, **options):
    table = columns if isinstance(columns, pa.Table) else pa.table(columns)
    buffer = BytesIO()
    kept = {"compression": "none", "use_dictionary": False, "write_page_checksum": True}
    pq.write_table(table.replace_schema_metadata(metadata), buffer, **kept | options)
    return buffer.getvalue()


def part(ids=IDS, digests=DIGESTS, vectors=VECTORS, **options):
    return written({"id": ids, "digest": digests, "vector": vectors}, **options)


def listed(values, width=4):
    return pa.FixedSizeListArray.from_arrays(pa.array(values), width)


def not_utf8(count=3):
    data = pa.array([b"\xff\xfe"] * count, pa.binary())
    return pa.Array.from_buffers(pa.string(), count, data.buffers())


def number(value):
    """A whole number as Thrift writes it: zigzag, then seven bits a byte."""
    left, made = (value << 1) ^ (value >> 63), bytearray()
    left &= 2**64 - 1
    while left > 127:
        made.append(left & 127 | 128)
        left >>= 7
    return bytes([*made, left])


def footer(data, change):
    """The bytes with another footer, its length put right."""
    length = int.from_bytes(data[-8:-4], "little")
    changed = change(data[-8 - length : -8])
    return data[: -8 - length] + changed + len(changed).to_bytes(4, "little") + data[-4:]


def many():
    names = [f"{row}" for row in range(ROWS)]
    return part(names, names, listed(np.zeros(4 * ROWS, np.float32)))


def with_rows(count, field=b"\x16"):
    """A part that says it has so many rows; field types are those of Thrift's 64-bit numbers."""
    said = field + number(ROWS)
    return footer(many(), lambda old: old.replace(said, field + number(count)))


def with_other_values(count):
    said = b"\x16" + number(4 * ROWS)
    return footer(many(), lambda old: old.replace(said, b"\x16" + number(count)))


def another_schema():
    """Lists of four that are said to be lists of a million."""
    schema = pa.schema(
        {"id": pa.string(), "digest": pa.string(), "vector": pa.list_(pa.float32(), 10**6)}
    )
    told = base64.b64encode(schema.serialize().to_pybytes())
    lists = pa.array([[1.0] * 4] * 3, pa.list_(pa.float32()))
    return part(vectors=lists, metadata=LEARNED | {b"ARROW:schema": told}, store_schema=False)


def ipc():
    sink = pa.BufferOutputStream()
    table = pa.table({"id": IDS, "digest": DIGESTS, "vector": VECTORS})
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def arrays():
    buffer = BytesIO()
    np.savez(buffer, id=np.array(IDS))
    return buffer.getvalue()


GAP = pa.array([[1.0] * 4, None, [1.0] * 4], pa.list_(pa.float32(), 4))
HOLE = listed(pa.array([1.0, None] * 6, pa.float32()))
STRUCT = pa.array([{"vector": [1.0]}] * 3)
UNEQUAL = pa.array([[1.0], [1.0] * 7, [1.0] * 4], pa.list_(pa.float32()))
KINDS = {
    "numbers of 64 bits": lambda: part(vectors=listed(np.zeros(12))),
    "numbers of 16 bits": lambda: part(vectors=listed(np.zeros(12, np.float16))),
    "whole numbers": lambda: part(vectors=listed(np.zeros(12, np.int32))),
    "truth values": lambda: part(vectors=listed(np.zeros(12, bool))),
    "texts for numbers": lambda: part(vectors=listed(["x"] * 12)),
    "one number for a vector": lambda: part(vectors=pa.array([1.0] * 3, pa.float32())),
    "lists of any length": lambda: part(vectors=pa.array([[1.0] * 4] * 3, pa.list_(pa.float32()))),
    "lists of unequal length": lambda: part(vectors=UNEQUAL),
    "lists of lists": lambda: part(vectors=pa.array([[[1.0]]] * 3)),
    "structs": lambda: part(vectors=STRUCT),
    "maps": lambda: part(vectors=pa.array([[("x", 1.0)]] * 3, pa.map_(pa.string(), pa.float32()))),
    "bytes of any length": lambda: part(vectors=pa.array([b"x", b"xyz", b""])),
    "a vector that is null": lambda: part(vectors=GAP),
    "a number that is null": lambda: part(vectors=HOLE),
    "an id that is null": lambda: part(ids=["a", None, "c"]),
    "a digest that is null": lambda: part(digests=["1", None, "3"]),
    "ids that are all null": lambda: part(ids=pa.nulls(3)),
    "ids that are numbers": lambda: part(ids=[1, 2, 3]),
    "ids that are bytes": lambda: part(ids=[b"a", b"b", b"c"]),
    "ids that are not UTF-8": lambda: part(ids=not_utf8()),
    "digests that are not UTF-8": lambda: part(digests=not_utf8()),
    "digests that are empty": lambda: part(digests=["1", "", "3"]),
    "digests that are too long": lambda: part(digests=["1", "2" * 33, "3"]),
    "digests with other letters": lambda: part(digests=["1", "\u00e9", "3"]),
    "ids in a dictionary": lambda: part(ids=pa.array(IDS).dictionary_encode()),
    "digests that are lists": lambda: part(digests=[["1"]] * 3),
    "no ids": lambda: written({"digest": DIGESTS, "vector": VECTORS}),
    "no digests": lambda: written({"id": IDS, "vector": VECTORS}),
    "no vectors": lambda: written({"id": IDS, "digest": DIGESTS}),
    "no columns": lambda: written(pa.table({})),
    "another column": lambda: written(
        {"id": IDS, "digest": DIGESTS, "vector": VECTORS, "code": ["import os"] * 3}
    ),
    "a column twice": lambda: written(
        pa.table([IDS, DIGESTS, VECTORS, VECTORS], ["id", "digest", "vector", "vector"])
    ),
    "no rows": lambda: part([], [], listed(np.zeros(0, np.float32))),
    "vectors of no numbers": lambda: part(vectors=pa.array([[]] * 3, pa.list_(pa.float32(), 0))),
    "numbers that are none": lambda: part(vectors=listed(np.full(12, np.nan, np.float32))),
    "infinite numbers": lambda: part(vectors=listed(np.full(12, np.inf, np.float32))),
    "no word of what was learned": lambda: part(metadata=None),
    "what was learned in no text": lambda: part(metadata={b"learned": b"\xff\xfe"}),
    "compressed": lambda: part(compression="zstd"),
    "a bomb": lambda: part(
        IDS * 10**5, DIGESTS * 10**5, listed(np.zeros(12 * 10**5, np.float32)), compression="gzip"
    ),
    "a bomb by dictionary": lambda: part(
        ["a"] * 10**6, ["1"] * 10**6, listed(np.zeros(10**6, np.float32), 1), use_dictionary=True
    ),
    "differences for numbers": lambda: part(column_encoding={"id": "DELTA_BYTE_ARRAY"}),
    "more rows than bytes": lambda: with_rows(2**60),
    "more rows than there are": lambda: with_rows(ROWS + 500),
    "less than no rows": lambda: with_rows(-1),
    "the lowest number of rows": lambda: with_rows(-(2**63)),
    "more numbers than bytes": lambda: with_other_values(2**60),
    "less than no numbers": lambda: with_other_values(-5),
    "lists said to be longer": another_schema,
    "an empty file": lambda: b"",
    "marks alone": lambda: b"PAR1PAR1",
    "another mark": lambda: b"PAR2" + part()[4:-4] + b"PAR2",
    "an encrypted footer": lambda: part()[:-4] + b"PARE",
    "half a file": lambda: part()[: len(part()) // 2],
    "no end": lambda: part()[:-4],
    "a footer longer than the file": lambda: part()[:-8] + b"\xff\xff\xff\x7fPAR1",
    "a footer of less than no length": lambda: part()[:-8] + b"\xff\xff\xff\xffPAR1",
    "a footer of noise": lambda: footer(part(), lambda old: bytes(range(256)) * 4),
    "a page that has changed": lambda: part()[:60] + b"\xff" + part()[61:],
    "Arrow's other format": ipc,
    "arrays": arrays,
    "a table as text": lambda: b"id,digest,vector\na,1,2\n",
    "JSON": lambda: b'{"id": ["a"]}',
    "pickled code": lambda: b"cos\nsystem\n(S'touch /tmp/pwned'\ntR.",
    "zeros": lambda: bytes(100_000),
}
