"""Films: one row per image, with everything later rooms may know about it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from errors import BadTable, MisalignedRows

TRAIN, VALIDATION, TEST = SETS = ("train", "validation", "test")
META = ("age", "sex", "view")
SIDES = ["x", "y", "width", "height"]
BOX_COLUMNS = ("id", "label", *SIDES)
# Where it is known who a film is of, where that is guessed, and what else is taken.
LABEL_TABLE, HEADERS = CERTAIN = ("the label table", "DICOM headers")
FILE_NAMES, PATTERN = GUESSES = ("file names", "--patient-pattern")
NOBODY_KNOWN = "one patient a film"
NO_FILE = "no image file"


class Skipped(NamedTuple):
    """A film that is left out, and why."""

    id: str
    reason: str


@dataclass(frozen=True)
class Split:
    """The set each image is in: train, validation, test, or "" for none."""

    name: str
    sets: np.ndarray


@dataclass(frozen=True)
class Images:
    """n films and k labels; labels are 1 present, 0 absent, NaN not reported.

    `meta` has a row per film with age, sex and view where known; `boxes` are in fractions of the
    film's width and height, so that they fit it at any size.
    """

    source: str
    format: str
    ids: np.ndarray
    paths: np.ndarray
    patients: np.ndarray
    labels: np.ndarray
    label_names: tuple[str, ...]
    meta: pd.DataFrame
    patients_from: str = LABEL_TABLE
    boxes: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(BOX_COLUMNS)))
    split: Split | None = None
    synthetic: bool = False
    notes: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()

    def __post_init__(self) -> None:
        _check_unique(self.ids)
        _check_lengths(self)
        _check_labels(self)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def split_name(self) -> str:
        """The name that stands beside every figure."""
        return self.split.name if self.split else "none"

    @property
    def sets(self) -> np.ndarray:
        """The set of the split that each image is in, shape (n,); "" for none."""
        return self.split.sets if self.split else np.full(len(self), "", object)

    @property
    def train(self) -> np.ndarray:
        """Mask of the films to learn from, shape (n,)."""
        return self.in_set(TRAIN)

    @property
    def validation(self) -> np.ndarray:
        """Mask of the films to choose by, shape (n,)."""
        return self.in_set(VALIDATION)

    @property
    def test(self) -> np.ndarray:
        """Mask of the films to judge by, shape (n,)."""
        return self.in_set(TEST)

    def in_set(self, name: str) -> np.ndarray:
        """Mask of the images in one set of the split, shape (n,)."""
        return self.sets == name

    def rows(self, ids: np.ndarray) -> np.ndarray:
        """Row number of each id; an unknown id raises."""
        found = pd.Index(self.ids).get_indexer(ids)
        if (found < 0).any():
            missing = np.asarray(ids)[found < 0]
            raise MisalignedRows(
                f"Every id must be a film of {self.source}; {len(missing)} are not,"
                f" such as {str(missing[0])!r}. Check that both come from the same data set."
            )
        return found

    def select(self, keep: np.ndarray, skipped: tuple[Skipped, ...] = ()) -> "Images":
        """These films alone: a mask, or row numbers in order. Those left out by a reason."""
        split = self.split and Split(self.split.name, self.split.sets[keep])
        boxed = self.boxes["id"].map(set(self.ids[keep]).__contains__).astype(bool)
        return replace(
            self,
            ids=self.ids[keep],
            paths=self.paths[keep],
            patients=self.patients[keep],
            labels=self.labels[keep],
            meta=self.meta.iloc[keep].reset_index(drop=True),
            boxes=self.boxes[boxed].reset_index(drop=True),
            split=split,
            skipped=self.skipped + skipped,
        )

    def with_images(self, files: dict[str, Path], there: Iterable[Path] = ()) -> "Images":
        """Films whose image is among files (by id), the others listed as skipped.

        A note counts the images that are there and that no id names.
        """
        here = np.array([name in files for name in self.ids], bool)
        missing = tuple(Skipped(name, NO_FILE) for name in self.ids[~here])
        paths = np.array([str(files.get(name, "")) for name in self.ids], object)
        notes = (*self.notes, *_found_elsewhere(files), *_not_named(files, there))
        return replace(self, paths=paths, notes=notes).select(here, missing)


def unknown_meta(n_images: int) -> pd.DataFrame:
    """Age, sex and view of films of which nothing is known."""
    return pd.DataFrame("", index=range(n_images), columns=list(META)).assign(age=np.nan)


def _found_elsewhere(files: dict[str, Path]) -> tuple[str, ...]:
    """A note on films whose folder is not the one that their id names, if there are any."""
    moved = sum(
        "/" in image and Path(image).parent.name != path.parent.name
        for image, path in files.items()
    )
    return (f"found by name alone, in other folders than in the table: {moved:,}",) * bool(moved)


def _not_named(files: dict[str, Path], there: Iterable[Path]) -> tuple[str, ...]:
    """A note on images that are left out because no row of the table names them."""
    unnamed = sorted(set(there) - set(files.values()))
    if not unnamed:
        return ()
    return (
        f"left out, in no row of the table: {len(unnamed):,} images, such as {unnamed[0].name}",
    )


def _check_unique(ids: np.ndarray) -> None:
    if len(set(ids)) == len(ids):
        return
    name, count = Counter(ids).most_common(1)[0]
    raise BadTable(
        f"Every film must have its own id; {name!r} stands on {count} rows."
        " Remove the repeated rows from the label table."
    )


def _check_lengths(images: Images) -> None:
    n_images = len(images.ids)
    columns = (images.paths, images.patients, images.labels, images.meta)
    if any(len(column) != n_images for column in columns) or images.labels.shape[1:] != (
        len(images.label_names),
    ):
        raise MisalignedRows(
            f"Paths, patients, labels and meta must have a row for each of {n_images} films and a"
            f" label for each of {len(images.label_names)} names; got"
            f" {[len(column) for column in columns]} rows and labels of {images.labels.shape}."
        )


def _check_labels(images: Images) -> None:
    known = np.isnan(images.labels) | np.isin(images.labels, (0, 1))
    if not known.all():
        row, column = np.argwhere(~known)[0]
        raise BadTable(
            f"Labels must be 1, 0 or not reported; {images.label_names[column]!r} of"
            f" {images.ids[row]!r} is {images.labels[row, column]}."
            " Mend the label table, or apply a policy first."
        )
