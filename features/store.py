"""The feature store: vectors on disk that are never stale, never lost and never half-written.

A store is a folder `<extractor>-<fingerprint>` with `recipe.json`, what the extractor learned, and
parts. A part is a Parquet file of rows (id, digest of the film's file, vector) that is never
changed and is named by the digest of its own bytes: whatever happens to it later is found.
"""

import errno
import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import storage
from errors import MisalignedRows
from features import learned
from features.recipe import Recipe, digest, fingerprint
from features.row_index import RowIndex
from features.scratch import Scratch
from features.table import Features
from progress import warn

RECIPE = "recipe.json"
LEARNED = b"learned"


class FeatureStore:
    """One extractor's vectors under one recipe."""

    def __init__(self, cache: Path, recipe: Recipe, *, used: bool = True) -> None:
        self.recipe = recipe
        self.name = str(recipe["extractor"])
        self.folder = cache / f"{self.name}-{fingerprint(recipe)}"
        # By digest, so that films of one name in two data sets do not displace each other.
        self.rows = RowIndex()
        self.width = 0
        self.learned_digest = ""
        self._seen: set[str] = set()
        self._names = Scratch()
        if used:
            # Written each time: its time of change is the store's time of last use.
            self._write(RECIPE, json.dumps(recipe, indent=1, default=list).encode())

    def load_learned(self, extractor: Any, known: str = "*") -> bool:
        """Give an extractor what it learned before; False if that, of this digest, is not there."""
        for path in sorted(self.folder.glob(f"learned-{known}.npz")):
            if self._read(path) is not None:
                learned.load(extractor, path)
                self.learned_digest = digest_in_name(path)
                return True
        return False

    def save_learned(self, extractor: Any) -> None:
        """Keep what an extractor learned; vectors from now on belong to it."""
        data = learned.to_bytes(extractor)
        self.learned_digest = digest(data)
        self._write(f"learned-{self.learned_digest}.npz", data)

    def refresh(self) -> "FeatureStore":
        """Take in parts that are new since the last time; damaged ones are set aside."""
        return self.take_in(sorted(path.name for path in self.folder.glob("part-*.parquet")))

    def take_in(self, parts: Iterable[str]) -> "FeatureStore":
        """The same for parts that others wrote, by name."""
        for part in parts:
            if part not in self._seen:
                self._take_in(self.folder / part)
        return self

    def may_hold(self, ids: np.ndarray) -> np.ndarray:
        """Whether a film of each name (n,) is in the store, whatever its file was then."""
        return np.array([self._names.get(name) is not None for name in ids], bool)

    def count_blank(self, digests: Sequence[str]) -> int:
        """How many of these films have a vector of zeros."""
        return int(self.rows.find(digests)["blank"].sum())

    def write(self, ids: list[str], digests: list[str], values: np.ndarray) -> str:
        """Add a part and name it; a disk that is full raises, and what was written before stays.

        Bytes stay bytes; all other numbers are kept as float32.
        """
        table = pa.table({"id": ids, "digest": digests, "vector": _column(values)})
        table = table.replace_schema_metadata({LEARNED: self.learned_digest})
        buffer = pa.BufferOutputStream()
        # Vectors hardly compress, and dictionaries of them are wasted time.
        pq.write_table(
            table, buffer, compression="none", use_dictionary=False, write_page_checksum=True
        )
        data = buffer.getvalue().to_pybytes()
        part = f"part-{digest(data)}.parquet"
        self._write(part, data)
        self._index(part, table)
        return part

    def read(self, ids: np.ndarray, digests: Sequence[str]) -> Features:
        """Vectors of these films as their files are now; one without a vector raises."""
        rows = self.rows.find(digests)
        missing = np.flatnonzero(rows["part"] < 0)
        if len(missing):
            raise MisalignedRows(
                f"Every film must have its {self.name} vector; {len(missing)} of {len(ids)} have"
                f" none, such as {ids[missing[0]]!r}. Run `extract` on these films first."
            )
        order = np.argsort(rows["part"], kind="stable")
        starts = np.flatnonzero(np.diff(rows["part"][order])) + 1
        values = np.empty((len(ids), 0), np.float32)
        for places in np.split(order, starts) if len(order) else ():
            path = self.folder / self.rows.parts[rows["part"][places[0]]]
            vectors = _vectors(pq.read_table(path, page_checksum_verification=True))
            if not values.size:
                values = np.empty((len(ids), vectors.shape[1]), vectors.dtype)
            values[places] = vectors[rows["place"][places]]
        return Features(self.name, ids, values)

    def _take_in(self, path: Path) -> None:
        data = self._read(path)
        if data is None:
            return
        table = _table(data)
        if table is None:
            self._set_aside(path, "is no part, though its name fits its bytes")
            return
        if table.schema.metadata[LEARNED].decode() != self.learned_digest:
            self._set_aside(path, "belongs to another vocabulary")
            return
        self._index(path.name, table)

    def _index(self, part: str, table: pa.Table) -> None:
        vectors = _vectors(table)
        self.width = vectors.shape[1]
        self.rows.add(part, table["digest"].to_pylist(), ~np.any(vectors, axis=1))
        self._names.put(zip(table["id"].to_pylist()))
        self._seen.add(part)

    def _read(self, path: Path) -> bytes | None:
        """A file whose bytes are those its name promises; another is set aside."""
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            # Another process has just set it aside.
            return None
        if digest(data) == digest_in_name(path):
            return data
        self._set_aside(path, "is damaged: its bytes are not those that were written")
        return None

    def _set_aside(self, path: Path, why: str) -> None:
        warn(f"{path} {why}. It is set aside as damaged-{path.name}; its rows are computed anew.")
        with suppress(FileNotFoundError):
            path.rename(path.with_name(f"damaged-{path.name}"))

    def _write(self, name: str, data: bytes) -> None:
        with storage.whole(self.folder / name, _why) as temporary:
            self.folder.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(data)


def _table(data: bytes) -> pa.Table | None:
    """A part's rows; None if its bytes are none, as those of a file that somebody renamed."""
    try:
        table = pq.read_table(pa.BufferReader(data), page_checksum_verification=True)
        _vectors(table)
        sound = {"id", "digest"} <= set(table.column_names) and LEARNED in table.schema.metadata
    # What Arrow refuses damaged bytes with has no common ancestor.
    except (pa.ArrowException, OSError, LookupError, ValueError, TypeError, AttributeError):
        return None
    return table if sound else None


def _column(values: np.ndarray) -> pa.Array:
    """Vectors (n, d) as lists of float32; bytes as binary, since Parquet's integers take four."""
    if values.dtype == np.uint8:
        data = pa.py_buffer(np.ascontiguousarray(values))
        return pa.Array.from_buffers(pa.binary(values.shape[1]), len(values), [None, data])
    numbers = pa.array(np.ascontiguousarray(values, np.float32).ravel())
    return pa.FixedSizeListArray.from_arrays(numbers, values.shape[1])


def _vectors(table: pa.Table) -> np.ndarray:
    column = table["vector"].combine_chunks()
    if pa.types.is_fixed_size_binary(column.type):
        return np.frombuffer(column.buffers()[1], np.uint8).reshape(len(table), -1)
    return column.flatten().to_numpy().reshape(len(table), -1)


def digest_in_name(path: Path) -> str:
    """The digest that a part or a learned state is named by."""
    return path.stem.split("-", 1)[1]


def _why(path: Path, error: OSError) -> str:
    folder = path.parent
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            f"The disk that holds {folder} must have room; it is full. What was computed is kept:"
            " free some space, or name another folder with --cache, and run the command again."
        )
    # A folder in the place of one file is told of that file.
    where = path if error.errno == errno.EISDIR else folder
    return (
        f"{where} must be something that can be written; {storage.reason(error)}."
        f" {storage.advice(error, '--cache')}."
    )
