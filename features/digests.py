"""Digests of films' files, remembered so that files that did not change are not read again."""

import os
import time
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

import storage

MEMO = "digests.parquet"
# A file changed just before it was read may change again within the same tick of its clock.
SETTLED_SECONDS = 2.0


class State(NamedTuple):
    """What a file system says of a file; where any of it differs, the file is read again."""

    size: int
    changed: int
    inode: int


# Of a file that was not there for a moment; none is ever in this state.
NOWHERE = State(-1, 0, 0)


class Digests:
    """Digest of each file by path, while the file is in the state it was read in."""

    def __init__(self, cache: Path) -> None:
        self.path = cache / MEMO
        self.known = _load(self.path)
        self._new = False

    def of(self, path: str) -> str:
        """The digest of a file as it is now; "" if it is not known without reading."""
        state, digest = self.known.get(path, (None, ""))
        return digest if state == state_of(path) else ""

    def last(self, path: str) -> str:
        """The digest of a file as it was last read, whatever became of it; "" if it never was."""
        return self.known.get(path, (None, ""))[1]

    def remember(self, path: str, state: State | None, digest: str) -> None:
        """The digest of a file that was in this state before it was read."""
        if digest:
            self.known[path] = (state or NOWHERE, digest)
            self._new = True

    def forget(self, path: str) -> None:
        """A file that is gone."""
        del self.known[path]
        self._new = True

    def save(self) -> None:
        """Keep what is known for the next run; two runs at once lose only time."""
        if not self._new:
            return
        settled = (time.time() - SETTLED_SECONDS) * 1e9
        rows = [
            (path, *state, digest)
            for path, (state, digest) in self.known.items()
            if state.changed < settled
        ]
        names = ("path", *State._fields, "digest")
        table = pa.table({name: [row[place] for row in rows] for place, name in enumerate(names)})
        with storage.whole(self.path) as temporary:
            pq.write_table(table, temporary, write_page_checksum=True)
        self._new = False


def state_of(path: str) -> State | None:
    """Size, time of change and inode of a file; None if it is not there."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    # Unlike the time of modification, the time of change cannot be set back.
    return State(found.st_size, found.st_ctime_ns, found.st_ino)


def _load(path: Path) -> dict[str, tuple[State, str]]:
    """What an earlier run knew; a damaged memo is no loss, since files can be read again."""
    try:
        table = pq.read_table(path, page_checksum_verification=True)
        columns = [table[name].to_pylist() for name in ("path", *State._fields, "digest")]
    except (OSError, KeyError, ValueError, pa.ArrowException):
        return {}
    return {path: (State(*state), digest) for path, *state, digest in zip(*columns, strict=True)}
