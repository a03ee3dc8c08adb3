"""The feature store: features on disk that are never stale, lost or half-written.

A store is a folder `<extractor>-<fingerprint>` with `recipe.json`, what the extractor learned, and
parts. A part is a Parquet file of rows (id, digest of the image file, features). It never changes
and its name is the digest of its bytes, so that any damage is found.
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
from datasets.image_stream import in_threads
from errors import BadArrays, FileUnreadable, MisalignedRows, StorageFailed
from features import locks, part_files
from features.extractor import LearningExtractor
from features.part_files import Rows
from features.recipe import Recipe, digest, fingerprint
from features.row_index import RowIndex
from features.shelf import Shelf
from features.store_files import digest_in_name
from progress import warn

RECIPE = "recipe.json"
TRIES = 100
# Parts are read and checked without Python's lock. A part of images may have 100 MB.
THREADS = 2


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
    """The features of one extractor and recipe; `cache prune` keeps it while it is in use."""

    def __init__(self, cache: Path, recipe: Recipe, *, used: bool = True) -> None:
        self.recipe = recipe
        self.name = str(recipe["extractor"])
        self.folder = cache / f"{self.name}-{fingerprint(recipe)}"
        # By digest, so that images with the same name in two data sets do not mix.
        self.rows = RowIndex()
        self.width = 0
        self.learned_digest = ""
        # The client waits for the parts of workers.
        self.shelf = Shelf(self.folder, must_keep=not used)
        self._seen: set[str] = set()
        self._hashes = np.empty(0, np.int64)
        self._kind: tuple[int, str] | None = None
        if used:
            self._begin()
        else:
            locks.share(self.folder, self)

    def has_learned(self) -> bool:
        """Whether there is a learned state to load, valid or not."""
        return any(self.folder.glob("learned-*.npz"))

    def load_learned(self, extractor: LearningExtractor, known: str = "*") -> bool:
        """Load what an extractor learned before; False if no state with this digest is there."""
        for path in sorted(self.folder.glob(f"learned-{known}.npz")):
            data = self._read(path)
            if data is not None and self._learned(extractor, path, data):
                return True
        return False

    def save_learned(self, extractor: LearningExtractor) -> None:
        """Save what an extractor learned; features from now on belong to it."""
        data = arrays.learned_bytes(extractor)
        self.learned_digest = digest(data)
        path = self.folder / f"learned-{self.learned_digest}.npz"
        if self._read(path) is None:
            self.shelf.write(path.name, data)

    def refresh(self) -> "FeatureStore":
        """Load parts that are new since the last time; damaged ones are renamed."""
        return self.take_in(sorted(path.name for path in self.folder.glob("part-*.parquet")))

    def take_in(self, parts: Iterable[str]) -> "FeatureStore":
        """Load parts that others wrote, by name."""
        paths = [self.folder / part for part in parts if part not in self._seen]
        for path, rows in zip(paths, in_threads(self._rows_of, paths, THREADS), strict=True):
            self._take_in(path, rows)
        return self

    def may_hold(self, ids: np.ndarray) -> np.ndarray:
        """Whether an image with each id (n,) is in the store, even with other content."""
        return np.isin(_hashes(ids), self._hashes)

    def count_blank(self, digests: Sequence[str]) -> int:
        """The number of these images whose features are all zeros."""
        return int(self.rows.find(digests)["blank"].sum())

    def write(self, ids: list[str], digests: list[str], values: np.ndarray) -> str:
        """Write a part and return its name; if the disk is full, earlier parts stay valid."""
        rows = Rows(ids, digests, values, self.learned_digest)
        if not self._fits(rows):
            raise StorageFailed(
                f"All features in {self.folder} must have the same width; those there differ from"
                f" the {values.shape[1]} numbers per image of {self.name}, so another program wrote"
                " them. Delete this folder, and run the command again."
            )
        data = part_files.to_bytes(rows)
        part = f"part-{digest(data)}.parquet"
        self.shelf.write(part, data)
        self._index(part, rows)
        return part

    def read(self, ids: np.ndarray, digests: Sequence[str]) -> Features:
        """The features of these images by their digests; a missing one raises MisalignedRows."""
        rows = self.rows.find(digests)
        missing = np.flatnonzero(rows["part"] < 0)
        if len(missing):
            raise MisalignedRows(
                f"Every image must have {self.name} features; {len(missing)} of {len(ids)} have"
                f" none, such as {ids[missing[0]]!r}. Run `extract` on these images first."
            )
        order = np.argsort(rows["part"], kind="stable")
        starts = np.flatnonzero(np.diff(rows["part"][order], prepend=-1))
        chosen = np.split(order, starts)[1:]
        parts = [self.rows.parts[rows["part"][places[0]]] for places in chosen]
        values = np.empty((len(ids), 0), np.float32)
        for places, part in zip(chosen, in_threads(self._values_of, parts, THREADS), strict=True):
            if not values.size:
                values = np.empty((len(ids), part.shape[1]), part.dtype)
            values[places] = part[rows["place"][places]]
        return Features(self.name, ids, values)

    def _begin(self) -> None:
        """Lock the folder, write its recipe, and set its time of last use."""
        for _ in range(TRIES):
            # An error here is shown when the store is written to.
            with suppress(OSError):
                self.folder.mkdir(parents=True, exist_ok=True)
            # Otherwise a `prune` has removed it meanwhile.
            if locks.share(self.folder, self):
                break
        text = json.dumps(self.recipe, indent=1, default=list).encode()
        if _content(self.folder / RECIPE) != text:
            self.shelf.note(RECIPE, text)
        with suppress(OSError):
            os.utime(self.folder / RECIPE)

    def _rows_of(self, path: Path) -> Rows | None:
        """The rows of a part; None if it is not one, after it was renamed."""
        if (data := self._read(path)) is None:
            return None
        if (rows := part_files.read(data)) is None:
            self._set_aside(path, "is not a valid part")
        return rows

    def _take_in(self, path: Path, rows: Rows | None) -> None:
        if rows is None:
            return
        if rows.learned != self.learned_digest:
            self._set_aside(path, "was computed with another vocabulary")
        elif not self._fits(rows):
            self._set_aside(path, "has features of another width than earlier parts")
        else:
            self._index(path.name, rows)

    def _fits(self, rows: Rows) -> bool:
        return self._kind in (None, rows.kind)

    def _index(self, part: str, rows: Rows) -> None:
        self.width, _ = self._kind = rows.kind
        self.rows.add(part, rows.digests, ~np.any(rows.values, axis=1))
        self._hashes = np.append(self._hashes, _hashes(rows.ids))
        self._seen.add(part)

    def _values_of(self, part: str) -> np.ndarray:
        """The features in a part that was loaded."""
        path = self.shelf.place_of(part)
        try:
            data = storage.read_bytes(path)
        except FileNotFoundError:
            data = b""
        rows = part_files.read(data) if digest(data) == digest_in_name(path) else None
        if rows is None:
            raise StorageFailed(
                f"{path} must not change while a command uses it; it is gone or has changed. Run"
                " the command again: missing features will be computed again."
            )
        return rows.values

    def _learned(self, extractor: LearningExtractor, path: Path, data: bytes) -> bool:
        try:
            arrays.give(extractor, data)
        except BadArrays:
            self._set_aside(path, "is not a valid learned state")
            return False
        self.learned_digest = digest_in_name(path)
        return True

    def _read(self, path: Path) -> bytes | None:
        """The bytes of a file if they match its name; else it is renamed and None is returned."""
        try:
            data = storage.read_bytes(path)
        except FileNotFoundError:
            # Another process has just renamed it as damaged.
            return None
        except FileUnreadable as error:
            if error.errno in storage.DENIED:
                warn(f"{error} Its features are computed again.")
            else:
                self._set_aside(path, f"cannot be read: {error.strerror}")
            return None
        if digest(data) == digest_in_name(path):
            return data
        self._set_aside(path, "is damaged: its content does not match its name")
        return None

    def _set_aside(self, path: Path, why: str) -> None:
        fate = f"It was renamed to damaged-{path.name}"
        try:
            path.rename(path.with_name(f"damaged-{path.name}"))
        except FileNotFoundError:
            pass
        except OSError as error:
            fate = f"It could not be renamed ({storage.reason(error)})"
        warn(f"{path} {why}. {fate}; its features are computed again.")


def _hashes(ids: Iterable[str]) -> np.ndarray:
    return np.fromiter(map(hash, ids), np.int64)


def _content(path: Path) -> bytes:
    """The bytes of a file; empty if it cannot be read."""
    with suppress(OSError):
        return storage.read_bytes(path)
    return b""
