"""Files of embeddings in every format that is read, written by hand or by other libraries."""

import struct

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from features.example_records import masked_checksum


def parquet(path, ids, values):
    pq.write_table(pa.table({"id": ids, "vector": values.tolist()}), path)


def wide_parquet(path, ids, values):
    pd.DataFrame(values).add_prefix("f").assign(image=ids).to_parquet(path)


def csv(path, ids, values):
    pd.DataFrame(values).assign(image=ids).to_csv(path, index=False)


def npz(path, ids, values):
    np.savez(path, ids=np.array(ids, str), features=values)


def npz_by_id(path, ids, values):
    np.savez(path, **dict(zip(ids, values, strict=True)))


def npy_folder(path, ids, values):
    _each(path, ".npy", ids, values, np.save)


def npz_folder(path, ids, values):
    _each(path, ".npz", ids, values, lambda place, value: np.savez(place, embedding=value))


def tfrecord(path, ids, values):
    path.write_bytes(b"".join(map(record, map(example, ids, values))))


def tfrecord_folder(path, ids, values):
    def write(place, value):
        place.write_bytes(example("", value))

    _each(path, ".tfrecord", ids, values, write)


def _each(path, suffix, ids, values, write):
    for name, value in zip(ids, values, strict=True):
        place = path / f"{name}{suffix}"
        place.parent.mkdir(parents=True, exist_ok=True)
        write(place, value)


FORMATS = {
    "vectors.parquet": parquet,
    "columns.parquet": wide_parquet,
    "e.csv": csv,
    "e.npz": npz,
    "by_id.npz": npz_by_id,
    "npys": npy_folder,
    "npzs": npz_folder,
    "e.tfrecord": tfrecord,
    "records": tfrecord_folder,
}


def record(data):
    head = struct.pack("<Q", len(data))
    checksums = (struct.pack("<I", masked_checksum(each)) for each in (head, data))
    return head + next(checksums) + data + next(checksums)


def example(name, values):
    """A `tf.train.Example` with an embedding, and the id of an image if it has one."""
    floats = _field(2, _field(1, np.asarray(values, "<f4").tobytes()))
    entries = _field(1, _field(1, b"embedding") + _field(2, floats))
    if name:
        named = _field(1, _field(1, name.encode()))
        entries += _field(1, _field(1, b"image/id") + _field(2, named))
    return _field(1, entries)


def _field(number, data):
    """A field of a protocol buffer that has a length and bytes."""
    size, length = len(data), b""
    while size > 127:
        length += bytes([size & 127 | 128])
        size >>= 7
    return bytes([number << 3 | 2]) + length + bytes([size]) + data
