"""Where the features of each image are in the store, by the digest of its file."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from features.scratch import Scratch

PLACES = [("part", np.int64), ("place", np.int64), ("blank", bool)]
NOWHERE = (-1, -1, False)


class Row(NamedTuple):
    """The part and row of the features of an image, and whether they are all zeros."""

    part: str
    place: int
    blank: bool


class RowIndex(Mapping[str, Row]):
    """The part and row of each image's features; a later row replaces one with the same digest."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._rows = Scratch("part", "place", "blank")

    def add(self, part: str, digests: Sequence[str], blank: np.ndarray) -> None:
        """Add the images of a part, in the order of its rows."""
        number = len(self.parts)
        self.parts.append(part)
        rows = zip(digests, blank.tolist(), strict=True)
        self._rows.put((key, number, place, zero) for place, (key, zero) in enumerate(rows))

    def find(self, digests: Sequence[str]) -> np.ndarray:
        """`part` (index in `parts`, -1 if missing), `place` and `blank` of each image, (n,)."""
        rows = map(self._rows.get, digests)
        return np.array([row[1:] if row else NOWHERE for row in rows], PLACES)

    def __getitem__(self, digest: str) -> Row:
        row = self._rows.get(digest)
        if row is None:
            raise KeyError(digest)
        return Row(self.parts[row[1]], row[2], bool(row[3]))

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[str]:
        return (row[0] for row in self._rows)
