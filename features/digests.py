"""Digests of films' files, remembered so that files that did not change are not read again."""

import os
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

import storage
from features.scratch import ROWS_AT_ONCE, Scratch

MEMO = "digests.parquet"
# A file changed just before it was read may change again within the same tick of its clock.
SETTLED_SECONDS = 2.0
ALL_BUT_SIGN = 2**63 - 1


class State(NamedTuple):
    """What a file system says of a file; where any of it differs, the file is read again."""

    size: int
    changed: int
    inode: int


SCHEMA = pa.schema(
    [
        pa.field("path", pa.string(), nullable=False),
        *(pa.field(name, pa.int64(), nullable=False) for name in State._fields),
        pa.field("digest", pa.string(), nullable=False),
    ]
)
# Of a file that was not there for a moment; none is ever in this state.
NOWHERE = State(-1, 0, 0)


class Digests:
    """Digest of each file by path, while the file is in the state it was read in."""

    def __init__(self, cache: Path) -> None:
        self.path = cache / MEMO
        self._known = _load(self.path)
        self._new = False

    def of(self, path: str) -> str:
        """The digest of a file as it is now; "" if it is not known without reading."""
        row = self._known.get(path)
        return str(row[-1]) if row and row[1:-1] == state_of(path) else ""

    def last(self, path: str) -> str:
        """The digest of a file as it was last read, whatever became of it; "" if it never was."""
        row = self._known.get(path)
        return str(row[-1]) if row else ""

    def remember(self, path: str, state: State | None, digest: str) -> None:
        """The digest of a file that was in this state before it was read."""
        if digest:
            self._known.put([(path, *(state or NOWHERE), digest)])
            self._new = True

    def forget(self, path: str) -> None:
        """A file that is gone."""
        self._known.forget(path)
        self._new = True

    def save(self) -> None:
        """Keep what is known for the next run; two runs at once lose only time."""
        if not self._new:
            return
        settled = (time.time() - SETTLED_SECONDS) * 1e9
        rows = (row for row in self._known if State(*row[1:-1]).changed < settled)
        with (
            storage.whole(self.path) as temporary,
            pq.ParquetWriter(temporary, SCHEMA, write_page_checksum=True) as writer,
        ):
            while page := list(islice(rows, ROWS_AT_ONCE)):
                columns = map(list, zip(*page, strict=True))
                writer.write_table(pa.table(list(columns), schema=SCHEMA))
        self._new = False

    def __len__(self) -> int:
        return len(self._known)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Every path with the digest of what was last read there."""
        return ((path, digest) for path, *_, digest in self._known)


def state_of(path: str) -> State | None:
    """Size, time of change and inode of a file; None if it is not there."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    # Unlike the time of modification, the time of change cannot be set back.
    # Some network file systems' numbers take the 64th bit, which columns lack.
    return State(found.st_size, found.st_ctime_ns, found.st_ino & ALL_BUT_SIGN)


def _nothing() -> Scratch:
    return Scratch(*SCHEMA.names[1:])


def _load(path: Path) -> Scratch:
    """What an earlier run knew; a damaged memo is no loss, since files can be read again."""
    known = _nothing()
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            for group in range(file.num_row_groups):
                table = file.read_row_group(group, use_threads=False).cast(SCHEMA)
                known.put(zip(*table.to_pydict().values(), strict=True))
    except (OSError, KeyError, ValueError, pa.ArrowException):
        return _nothing()
    return known
