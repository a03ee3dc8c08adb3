"""Rows by key that move to a temporary file when there are many, so that memory stays flat."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from weakref import finalize

import numpy as np

from errors import StorageFailed

MEGABYTES_IN_MEMORY = 2
ROWS_AT_ONCE = 4096


class Scratch:
    """Private rows by their first value, a text; a later row replaces one with the same key."""

    def __init__(self, *columns: str) -> None:
        # A database without a name is private, and uses the disk only when it outgrows its memory.
        self._database = sqlite3.connect("", check_same_thread=False)
        # Python 3.13 warns about a database that is collected while it is open.
        finalize(self, self._database.close)
        self._database.execute(f"PRAGMA cache_size = -{int(1024 * MEGABYTES_IN_MEMORY)}")
        self._database.execute("PRAGMA journal_mode = MEMORY")
        layout = ", ".join(("key TEXT PRIMARY KEY", *columns))
        self._database.execute(f"CREATE TABLE rows ({layout}) WITHOUT ROWID")
        self._put = f"INSERT OR REPLACE INTO rows VALUES (?{', ?' * len(columns)})"

    def put(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Add rows; each replaces the row with the same key."""
        with _room(), self._database:
            self._database.executemany(self._put, rows)

    def get(self, key: str) -> tuple[Any, ...] | None:
        """The row of a key; None if it has none."""
        rows: list[tuple[Any, ...]] = self._ask("SELECT * FROM rows WHERE key = ?", key)
        return rows[0] if rows else None

    def several(self, keys: np.ndarray) -> Iterator[tuple[Any, ...] | None]:
        """The row of each key (n,), in order; None where a key has none."""
        for start in range(0, len(keys), ROWS_AT_ONCE):
            page = keys[start : start + ROWS_AT_ONCE]
            places = ", ".join("?" * len(page))
            rows = self._ask(f"SELECT * FROM rows WHERE key IN ({places})", *page)
            yield from map({row[0]: row for row in rows}.get, page)

    def forget(self, key: str) -> None:
        """Remove the row of a key, if it has one."""
        self._ask("DELETE FROM rows WHERE key = ?", key)

    def __len__(self) -> int:
        return int(self._ask("SELECT count(*) FROM rows")[0][0])

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        """Rows sorted by key; rows may be added and removed meanwhile."""
        last = ""
        while page := self._ask(
            "SELECT * FROM rows WHERE key > ? ORDER BY key LIMIT ?", last, ROWS_AT_ONCE
        ):
            yield from page
            last = page[-1][0]

    def _ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with _room():
            return self._database.execute(sql, values).fetchall()


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise StorageFailed(
            f"The folder for temporary files must have room for the lists of a run; {error}. Free"
            " some space or name another folder with TMPDIR=FOLDER, and run the command again."
        ) from error
