"""Digests of image files, remembered so that unchanged files are not read again."""

import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import storage
from errors import StorageFailed
from features import part_files
from features.row_index import KEY
from features.scratch import ROWS_AT_ONCE, Scratch
from progress import warn
from storage import FileState

MEMO = "digests.parquet"
# A file that changed just before it was read may change again within the same clock tick.
SETTLED_SECONDS = 2.0

SCHEMA = pa.schema(
    [
        pa.field("path", pa.string(), nullable=False),
        *(pa.field(name, pa.int64(), nullable=False) for name in FileState._fields),
        pa.field("digest", pa.string(), nullable=False),
    ]
)
# Limits for files of earlier versions, which wrote more than ROWS_AT_ONCE in a row group.
MAX_GROUP_ROWS, MAX_GROUP_BYTES = 2**20, 500_000_000
# The state of a file that was missing for a moment; no existing file has it.
NOWHERE = FileState(-1, 0, 0)


class Digests:
    """The digest of each file by path, valid as long as the file keeps its state."""

    def __init__(self, cache: Path) -> None:
        self.path = cache / MEMO
        self._known = _load(self.path)
        self._new = False

    def of(self, path: str) -> str:
        """The digest of a file as it is now; "" if the file must be read to know it."""
        return _present(path, self._known.get(path))

    def each(self, paths: np.ndarray) -> np.ndarray:
        """The digests (n,) of files (n,) as they are now; b"" for those that must be read."""
        found = map(_present, paths, self._known.several(paths))
        return np.fromiter(found, KEY, len(paths))

    def each_last(self, paths: np.ndarray) -> list[str]:
        """The digest of each file when last read; "" if it was never read."""
        return [str(row[-1]) if row else "" for row in self._known.several(paths)]

    def last(self, path: str) -> str:
        """The digest of a file when last read, even if it has changed since; "" if never read."""
        row = self._known.get(path)
        return str(row[-1]) if row else ""

    def remember(self, path: str, state: FileState | None, digest: str) -> None:
        """Add the digest of a file and its state just before it was read."""
        if digest:
            self._known.put([(path, *(state or NOWHERE), digest)])
            self._new = True

    def forget(self, path: str) -> None:
        """Remove a file that is gone."""
        self._known.forget(path)
        self._new = True

    def save(self) -> None:
        """Save all digests for the next run; a failure only costs time, so it is a warning."""
        if not self._new:
            return
        try:
            self._save()
        except StorageFailed as error:
            warn(str(error))
        self._new = False

    def _save(self) -> None:
        settled = (time.time() - SETTLED_SECONDS) * 1e9
        rows = (row for row in self._known if FileState(*row[1:-1]).changed < settled)
        with (
            storage.whole(self.path, _why) as temporary,
            pq.ParquetWriter(temporary, SCHEMA, write_page_checksum=True) as writer,
        ):
            while page := list(islice(rows, ROWS_AT_ONCE)):
                columns = map(list, zip(*page, strict=True))
                writer.write_table(pa.table(list(columns), schema=SCHEMA))

    def __len__(self) -> int:
        return len(self._known)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Each path with the digest of the file when it was last read."""
        return ((path, digest) for path, *_, digest in self._known)


def _present(path: str, row: tuple[Any, ...] | None) -> str:
    return str(row[-1]) if row and row[1:-1] == storage.state_of(path) else ""


def _nothing() -> Scratch:
    return Scratch(*SCHEMA.names[1:])


def _load(path: Path) -> Scratch:
    """The digests of earlier runs; none if the file is damaged, since images can be read again."""
    known = _nothing()
    try:
        with storage.opened(path) as source, _parquet(source) as file:
            for group in range(file.num_row_groups):
                declared = file.metadata.row_group(group)
                if declared.num_rows > MAX_GROUP_ROWS or declared.total_byte_size > MAX_GROUP_BYTES:
                    return _nothing()
                table = file.read_row_group(group, use_threads=False).cast(SCHEMA)
                table.validate(full=True)
                if not part_files.are_digests(table["digest"]):
                    return _nothing()
                known.put(zip(*table.to_pydict().values(), strict=True))
    except StorageFailed:
        raise
    # Arrow and SQLite raise many unrelated errors for damaged bytes.
    except Exception:
        return _nothing()
    return known


def _why(path: Path, error: OSError) -> str:
    return (
        f"{path} must be writable to keep the digests of images; {storage.reason(error)}. Until"
        " then, every run reads all images again to see whether they changed."
    )


def _parquet(source: BinaryIO) -> pq.ParquetFile:
    return pq.ParquetFile(source, page_checksum_verification=True)
