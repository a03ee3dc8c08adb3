"""Where each film's vector lies: sorted arrays, since a dictionary of a million films is large."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

# A digest of recipe.digest in ASCII.
DIGEST = "S32"


class Row(NamedTuple):
    """Where a film's vector is, and whether it is all zeros."""

    part: str
    place: int
    blank: bool


class RowIndex(Mapping[str, Row]):
    """Part, place and blankness of every vector by the digest of its film, 41 bytes a film.

    What is added is sorted in where it is next looked for; of two rows of one digest the later
    counts.
    """

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._digests = np.empty(0, DIGEST)
        self._rows = np.empty(0, [("part", np.uint32), ("place", np.uint32), ("blank", bool)])
        self._new: list[tuple[np.ndarray, np.ndarray]] = []

    def add(self, part: str, digests: Sequence[str], blank: np.ndarray) -> None:
        """Take in a part's films, in the order of its rows."""
        rows = np.empty(len(digests), self._rows.dtype)
        rows["part"], rows["place"], rows["blank"] = len(self.parts), range(len(rows)), blank
        self.parts.append(part)
        self._new.append((np.array(digests, DIGEST), rows))

    def find(self, digests: Sequence[str]) -> np.ndarray:
        """Number of each film's row (n,), -1 for a film that has none."""
        self._sort()
        wanted = np.array(digests, DIGEST)
        places = np.searchsorted(self._digests, wanted)
        places[places == len(self._digests)] = 0
        if not len(self._digests):
            return np.full(len(wanted), -1)
        return np.where(self._digests[places] == wanted, places, -1)

    def rows(self, numbers: np.ndarray) -> np.ndarray:
        """`part`, `place` and `blank` (n,) of rows by number; a part is a place in `parts`."""
        return self._rows[numbers]

    def __getitem__(self, digest: str) -> Row:
        (number,) = self.find([digest])
        if number < 0:
            raise KeyError(digest)
        part, place, blank = self._rows[number].item()
        return Row(self.parts[part], place, blank)

    def __len__(self) -> int:
        self._sort()
        return len(self._digests)

    def __iter__(self) -> Iterator[str]:
        self._sort()
        return (digest.decode() for digest in self._digests)

    def _sort(self) -> None:
        if not self._new:
            return
        digests = np.concatenate([self._digests, *(each for each, _ in self._new)])
        rows = np.concatenate([self._rows, *(each for _, each in self._new)])
        self._new.clear()
        order = np.argsort(digests, kind="stable")
        digests, rows = digests[order], rows[order]
        last = np.append(digests[1:] != digests[:-1], True)[: len(digests)]
        self._digests, self._rows = digests[last], rows[last]
