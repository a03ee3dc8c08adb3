"""The feature store: vectors on disk that are never stale, never lost and never half-written.

A store is a folder `<extractor>-<fingerprint>` with `recipe.json`, what the extractor learned, and
parts. A part is a Parquet file of rows (id, digest of the image's file, vector) that is never
changed and is named by the digest of its own bytes: whatever happens to it later is found.
"""

import json
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import arrays
import storage
from errors import BadArrays, FileUnreadable, MisalignedRows, StorageFailed
from features import locks, part_files
from features.extractor import LearningExtractor
from features.part_files import Rows
from features.recipe import Recipe, digest, fingerprint
from features.row_index import RowIndex
from features.scratch import Scratch
from features.shelf import Shelf
from features.store_files import digest_in_name
from progress import warn

RECIPE = "recipe.json"
TRIES = 100


@dataclass(frozen=True)
class Features:
    """Features (n, d) of n images by one extractor: float32, or uint8 if they are pixels."""

    extractor: str
    ids: np.ndarray
    values: np.ndarray

    def __post_init__(self) -> None:
        if len(self.ids) != len(self.values):
            raise MisalignedRows(
                f"Every row of features must have its id; {self.extractor} has {len(self.values)}"
                f" rows for {len(self.ids)} ids. Run `extract` again."
            )


class FeatureStore:
    """One extractor's vectors under one recipe; while it is in use `cache prune` leaves it."""

    def __init__(self, cache: Path, recipe: Recipe, *, used: bool = True) -> None:
        self.recipe = recipe
        self.name = str(recipe["extractor"])
        self.folder = cache / f"{self.name}-{fingerprint(recipe)}"
        # By digest, so that images of one name in two data sets do not displace each other.
        self.rows = RowIndex()
        self.width = 0
        self.learned_digest = ""
        # A worker's parts are waited for.
        self.shelf = Shelf(self.folder, must_keep=not used)
        self._seen: set[str] = set()
        self._names = Scratch()
        self._kind: tuple[int, str] | None = None
        if used:
            self._begin()
        else:
            locks.share(self.folder, self)

    def has_learned(self) -> bool:
        """Whether there is something to load, sound or not."""
        return any(self.folder.glob("learned-*.npz"))

    def load_learned(self, extractor: LearningExtractor, known: str = "*") -> bool:
        """Give an extractor what it learned before; False if that, of this digest, is not there."""
        for path in sorted(self.folder.glob(f"learned-{known}.npz")):
            data = self._read(path)
            if data is not None and self._learned(extractor, path, data):
                return True
        return False

    def save_learned(self, extractor: LearningExtractor) -> None:
        """Keep what an extractor learned; vectors from now on belong to it."""
        data = arrays.learned_bytes(extractor)
        self.learned_digest = digest(data)
        path = self.folder / f"learned-{self.learned_digest}.npz"
        if self._read(path) is None:
            self.shelf.write(path.name, data)

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
        """Whether an image of each name (n,) is in the store, whatever its file was then."""
        return np.array([self._names.get(name) is not None for name in ids], bool)

    def count_blank(self, digests: Sequence[str]) -> int:
        """How many of these images have a vector of zeros."""
        return int(self.rows.find(digests)["blank"].sum())

    def write(self, ids: list[str], digests: list[str], values: np.ndarray) -> str:
        """Add a part and name it; a disk that is full raises, and what was written before stays."""
        rows = Rows(ids, digests, values, self.learned_digest)
        if not self._fits(rows):
            raise StorageFailed(
                f"All vectors in {self.folder} must have one length; others are there than"
                f" {self.name} computes, {values.shape[1]} numbers each, so another program wrote"
                " them. Delete this folder, and run the command again."
            )
        data = part_files.to_bytes(rows)
        part = f"part-{digest(data)}.parquet"
        self.shelf.write(part, data)
        self._index(part, rows)
        return part

    def read(self, ids: np.ndarray, digests: Sequence[str]) -> Features:
        """Vectors of these images as their files are now; one without a vector raises."""
        rows = self.rows.find(digests)
        missing = np.flatnonzero(rows["part"] < 0)
        if len(missing):
            raise MisalignedRows(
                f"Every image must have its {self.name} vector; {len(missing)} of {len(ids)} have"
                f" none, such as {ids[missing[0]]!r}. Run `extract` on these images first."
            )
        order = np.argsort(rows["part"], kind="stable")
        starts = np.flatnonzero(np.diff(rows["part"][order])) + 1
        values = np.empty((len(ids), 0), np.float32)
        for places in np.split(order, starts) if len(order) else ():
            vectors = self._vectors(self.rows.parts[rows["part"][places[0]]])
            if not values.size:
                values = np.empty((len(ids), vectors.shape[1]), vectors.dtype)
            values[places] = vectors[rows["place"][places]]
        return Features(self.name, ids, values)

    def _begin(self) -> None:
        """Lock the folder and note in it what it holds; this is its time of last use."""
        for _ in range(TRIES):
            # What keeps it from being made is told when it is written to.
            with suppress(OSError):
                self.folder.mkdir(parents=True, exist_ok=True)
            # A `prune` that came between has removed it again.
            if locks.share(self.folder, self):
                break
        text = json.dumps(self.recipe, indent=1, default=list).encode()
        if _content(self.folder / RECIPE) != text:
            self.shelf.note(RECIPE, text)
        with suppress(OSError):
            os.utime(self.folder / RECIPE)

    def _take_in(self, path: Path) -> None:
        data = self._read(path)
        if data is None:
            return
        rows = part_files.read(data)
        if rows is None:
            self._set_aside(path, "is no part, though its name fits its bytes")
        elif rows.learned != self.learned_digest:
            self._set_aside(path, "belongs to another vocabulary")
        elif not self._fits(rows):
            self._set_aside(path, "holds vectors of another length than the parts before it")
        else:
            self._index(path.name, rows)

    def _fits(self, rows: Rows) -> bool:
        return self._kind in (None, rows.kind)

    def _index(self, part: str, rows: Rows) -> None:
        self.width, _ = self._kind = rows.kind
        self.rows.add(part, rows.digests, ~np.any(rows.vectors, axis=1))
        self._names.put(zip(rows.ids))
        self._seen.add(part)

    def _vectors(self, part: str) -> np.ndarray:
        """The vectors of a part that has been taken in."""
        path = self.shelf.place_of(part)
        try:
            data = storage.read_bytes(path)
        except FileNotFoundError:
            data = b""
        rows = part_files.read(data) if digest(data) == digest_in_name(path) else None
        if rows is None:
            raise StorageFailed(
                f"{path} must stay as it is while a command uses it; it is gone or has changed."
                " Run the command again: what is lacking is computed again."
            )
        return rows.vectors

    def _learned(self, extractor: LearningExtractor, path: Path, data: bytes) -> bool:
        try:
            arrays.give(extractor, data)
        except BadArrays:
            self._set_aside(path, "is nothing that was learned, though its name fits its bytes")
            return False
        self.learned_digest = digest_in_name(path)
        return True

    def _read(self, path: Path) -> bytes | None:
        """A file whose bytes are those its name promises; another is set aside."""
        try:
            data = storage.read_bytes(path)
        except FileNotFoundError:
            # Another process has just set it aside.
            return None
        except FileUnreadable as error:
            if error.errno in storage.DENIED:
                warn(f"{error} Its rows are computed again.")
            else:
                self._set_aside(path, f"cannot be read: {error.strerror}")
            return None
        if digest(data) == digest_in_name(path):
            return data
        self._set_aside(path, "is damaged: its bytes are not those that were written")
        return None

    def _set_aside(self, path: Path, why: str) -> None:
        fate = f"It is set aside as damaged-{path.name}"
        try:
            path.rename(path.with_name(f"damaged-{path.name}"))
        except FileNotFoundError:
            pass
        except OSError as error:
            fate = f"It stays where it is ({storage.reason(error)})"
        warn(f"{path} {why}. {fate}; its rows are computed again.")


def _content(path: Path) -> bytes:
    """What a file holds; nothing if it cannot be read."""
    with suppress(OSError):
        return storage.read_bytes(path)
    return b""
