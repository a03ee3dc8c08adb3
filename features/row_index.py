"""Where the features of each image are in the store, by the digest of its file."""

from collections.abc import Iterator, Mapping, Sequence
from threading import Lock
from typing import NamedTuple

import numpy as np

from features.recipe import LONGEST_DIGEST
from features.scratch import ROWS_AT_ONCE

KEY = f"S{LONGEST_DIGEST}"
PLACES = [("part", np.int32), ("place", np.int32), ("blank", bool)]
NOWHERE = np.array((-1, -1, False), PLACES)


class Row(NamedTuple):
    """The part and row of the features of an image, and whether they are all zeros."""

    part: str
    place: int
    blank: bool


class RowIndex(Mapping[str, Row]):
    """The part and row of each image's features; a later row replaces one with the same digest.

    Arrays sorted by digest, because a dictionary would take five times the memory.
    """

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._keys, self._places = np.empty(0, KEY), np.empty(0, PLACES)
        # Rows added since the last look, in the order they were added.
        self._new_keys: list[np.ndarray] = []
        self._new_places: list[np.ndarray] = []
        # A server looks from several threads.
        self._sorting = Lock()

    def add(self, part: str, digests: Sequence[str], blank: np.ndarray) -> None:
        """Add the images of a part, in the order of its rows."""
        places = np.empty(len(digests), PLACES)
        places["part"], places["place"] = len(self.parts), np.arange(len(digests))
        places["blank"] = blank
        self.parts.append(part)
        with self._sorting:
            self._new_keys.append(np.array(digests, KEY))
            self._new_places.append(places)

    def find(self, digests: Sequence[str] | np.ndarray) -> np.ndarray:
        """`part` (index in `parts`, -1 if missing), `place` and `blank` of each image, (n,)."""
        self._sort()
        found = np.full(len(digests), NOWHERE)
        for start in range(0, len(digests) if len(self._keys) else 0, ROWS_AT_ONCE):
            asked = np.asarray(digests[start : start + ROWS_AT_ONCE], KEY)
            at = np.searchsorted(self._keys, asked).clip(max=len(self._keys) - 1)
            rows = np.flatnonzero(self._keys[at] == asked)
            found[start + rows] = self._places[at[rows]]
        return found

    def _sort(self) -> None:
        """Merge what was added into the sorted rows; of equal digests the last stays."""
        with self._sorting:
            if not self._new_keys:
                return
            keys = _joined(self._keys, self._new_keys)
            order = np.argsort(keys, kind="stable")
            keys = keys[order]
            last = np.append(keys[1:] != keys[:-1], True)[: len(keys)]
            self._keys = keys if last.all() else keys[last]
            self._places = _joined(self._places, self._new_places)[order[last]]

    def __getitem__(self, digest: str) -> Row:
        part, place, blank = self.find([digest])[0].tolist()
        if part < 0:
            raise KeyError(digest)
        return Row(self.parts[part], place, blank)

    def __len__(self) -> int:
        self._sort()
        return len(self._keys)

    def __iter__(self) -> Iterator[str]:
        self._sort()
        return (key.decode() for key in self._keys.tolist())


def _joined(first: np.ndarray, others: list[np.ndarray]) -> np.ndarray:
    """All arrays as one; the list is emptied, since memory may be short."""
    joined = np.concatenate([first, *others])
    others.clear()
    return joined
