"""Where each image's vector lies, by the digest of its image."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from features.scratch import Scratch

PLACES = [("part", np.int64), ("place", np.int64), ("blank", bool)]
NOWHERE = (-1, -1, False)


class Row(NamedTuple):
    """Where an image's vector is, and whether it is all zeros."""

    part: str
    place: int
    blank: bool


class RowIndex(Mapping[str, Row]):
    """Part, place and blankness of every vector; of two rows of one digest the later counts."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._rows = Scratch("part", "place", "blank")

    def add(self, part: str, digests: Sequence[str], blank: np.ndarray) -> None:
        """Take in a part's images, in the order of its rows."""
        number = len(self.parts)
        self.parts.append(part)
        rows = zip(digests, blank.tolist(), strict=True)
        self._rows.put((key, number, place, zero) for place, (key, zero) in enumerate(rows))

    def find(self, digests: Sequence[str]) -> np.ndarray:
        """`part` as a place in `parts`, -1 for none, `place` and `blank` (n,) of each image."""
        found = map(self._rows.get, digests)
        return np.array([row[1:] if row else NOWHERE for row in found], PLACES)

    def __getitem__(self, digest: str) -> Row:
        row = self._rows.get(digest)
        if row is None:
            raise KeyError(digest)
        return Row(self.parts[row[1]], row[2], bool(row[3]))

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[str]:
        return (row[0] for row in self._rows)
