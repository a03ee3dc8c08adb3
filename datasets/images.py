"""Images: one row per image, with its file, patient, labels, metadata and set of the split."""

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
# The column beside these with the site of each image, where several data sets were pooled.
SITE = "site"
SIDES = ["x", "y", "width", "height"]
BOX_COLUMNS = ("id", "label", *SIDES)
CORRECTED_COLUMNS = ("id", "label", "before")
# Sources of patients: certain ones, guesses, and none.
LABEL_TABLE, HEADERS = CERTAIN = ("the label table", "DICOM headers")
FILE_NAMES, PATTERN = GUESSES = ("file names", "--patient-pattern")
NOBODY_KNOWN = "one patient per image"
NO_FILE = "no image file"


class Caution(str):
    """A note on what weakens every result on these images; reports show it first."""

    __slots__ = ()


class Skipped(NamedTuple):
    """An image that is left out, and why."""

    id: str
    reason: str


@dataclass(frozen=True)
class Split:
    """The set each image is in: train, validation, test, or "" for none."""

    name: str
    sets: np.ndarray


@dataclass(frozen=True)
class Images:
    """n images and k labels: 1 present, 0 absent, NaN not reported.

    `meta` has age, sex and view where known. `studies` (n,) are those of the images, None where the
    data set names none. `boxes` are in fractions of the width and height of an image, so that they
    fit it at any size. `unit` says what a row is: an image, or a study whose images were pooled.
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
    studies: np.ndarray | None = None
    boxes: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(BOX_COLUMNS)))
    split: Split | None = None
    synthetic: bool = False
    unit: str = "image"
    notes: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    # The classes of which each image has exactly one; () where labels are independent.
    classes: tuple[str, ...] = ()
    # Labels that were corrected, with their values before.
    corrections: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=list(CORRECTED_COLUMNS))
    )

    def __post_init__(self) -> None:
        _check_unique(self.ids)
        _check_lengths(self)
        _check_labels(self)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def class_labels(self) -> np.ndarray:
        """Labels (n, c) of all classes; of two, `labels` holds one. Else the labels (n, k)."""
        if self.classes in ((), self.label_names):
            return self.labels
        own = [name in self.label_names for name in self.classes]
        return np.where(own, self.labels, 1 - self.labels)

    @property
    def uncorrected(self) -> "Images":
        """The images with the labels as they were before they were corrected."""
        known = self.corrections[self.corrections["label"].isin(self.label_names)]
        labels = self.labels.copy()
        columns = [self.label_names.index(name) for name in known["label"]]
        labels[self.rows(known["id"].to_numpy(object)), columns] = known["before"]
        return replace(self, labels=labels, corrections=self.corrections[:0])

    @property
    def sites(self) -> np.ndarray | None:
        """The site of each image, shape (n,); None where all are of one data set."""
        return self.meta[SITE].to_numpy(object) if SITE in self.meta else None

    @property
    def split_name(self) -> str:
        """The name of the split, which every result shows."""
        return self.split.name if self.split else "none"

    @property
    def sets(self) -> np.ndarray:
        """The set of the split that each image is in, shape (n,); "" for none."""
        return self.split.sets if self.split else np.full(len(self), "", object)

    @property
    def train(self) -> np.ndarray:
        """Mask of the training images, shape (n,)."""
        return self.in_set(TRAIN)

    @property
    def validation(self) -> np.ndarray:
        """Mask of the validation images, shape (n,)."""
        return self.in_set(VALIDATION)

    @property
    def test(self) -> np.ndarray:
        """Mask of the test images, shape (n,)."""
        return self.in_set(TEST)

    def in_set(self, name: str) -> np.ndarray:
        """Mask of the images in one set of the split, shape (n,)."""
        return self.sets == name

    def rows(self, ids: np.ndarray) -> np.ndarray:
        """The row of each id; an unknown id raises MisalignedRows."""
        rows = pd.Index(self.ids).get_indexer(ids)
        if (rows < 0).any():
            missing = np.asarray(ids)[rows < 0]
            raise MisalignedRows(
                f"Every id must be an image of {self.source}; {len(missing)} are not,"
                f" such as {str(missing[0])!r}. Check that both come from the same data set."
            )
        return rows

    def select(self, keep: np.ndarray, skipped: tuple[Skipped, ...] = ()) -> "Images":
        """The images of a mask or of row numbers; `skipped` lists those left out for a reason."""
        split = self.split and Split(self.split.name, self.split.sets[keep])
        kept = set(self.ids[keep])
        boxed = self.boxes["id"].map(kept.__contains__).astype(bool)
        corrected = self.corrections["id"].map(kept.__contains__).astype(bool)
        return replace(
            self,
            ids=self.ids[keep],
            paths=self.paths[keep],
            patients=self.patients[keep],
            studies=None if self.studies is None else self.studies[keep],
            labels=self.labels[keep],
            meta=self.meta.iloc[keep].reset_index(drop=True),
            boxes=self.boxes[boxed].reset_index(drop=True),
            corrections=self.corrections[corrected].reset_index(drop=True),
            split=split,
            skipped=self.skipped + skipped,
        )

    def with_images(self, files: dict[str, Path], there: Iterable[Path] = ()) -> "Images":
        """The images that have a file (by id); the others are skipped.

        A note counts the files in `there` without a row in the table.
        """
        here = np.array([name in files for name in self.ids], bool)
        missing = tuple(Skipped(name, NO_FILE) for name in self.ids[~here])
        paths = np.array([str(files.get(name, "")) for name in self.ids], object)
        notes = (*self.notes, *_found_elsewhere(files), *_not_named(files, there))
        return replace(self, paths=paths, notes=notes).select(here, missing)


def unknown_meta(n_images: int) -> pd.DataFrame:
    """Age, sex and view of images without metadata."""
    return pd.DataFrame("", index=range(n_images), columns=list(META)).assign(age=np.nan)


def _found_elsewhere(files: dict[str, Path]) -> tuple[str, ...]:
    """A note if images were found in another folder than their id names."""
    moved = sum(
        "/" in image and Path(image).parent.name != path.parent.name
        for image, path in files.items()
    )
    return (f"{moved:,} images were found in other folders than the table names",) * bool(moved)


def _not_named(files: dict[str, Path], there: Iterable[Path]) -> tuple[str, ...]:
    """A note if image files are left out because the table does not name them."""
    unnamed = sorted(set(there) - set(files.values()))
    if not unnamed:
        return ()
    return (
        f"{len(unnamed):,} images are not in the table and were left out, such as"
        f" {unnamed[0].name}",
    )


def _check_unique(ids: np.ndarray) -> None:
    if len(set(ids)) == len(ids):
        return
    name, count = Counter(ids).most_common(1)[0]
    raise BadTable(
        f"Every image must have its own id; {name!r} is on {count} rows."
        " Remove the repeated rows from the label table."
    )


def _check_lengths(images: Images) -> None:
    n_images = len(images.ids)
    studies = images.ids if images.studies is None else images.studies
    columns = (images.paths, images.patients, studies, images.labels, images.meta)
    if any(len(column) != n_images for column in columns) or images.labels.shape[1:] != (
        len(images.label_names),
    ):
        raise MisalignedRows(
            "Paths, patients, studies, labels and meta must have a row for each of"
            f" {n_images} images and a label for each of {len(images.label_names)} names; got"
            f" {[len(column) for column in columns]} rows and labels of {images.labels.shape}."
        )


def _check_labels(images: Images) -> None:
    known = np.isnan(images.labels) | np.isin(images.labels, (0, 1))
    if not known.all():
        row, column = np.argwhere(~known)[0]
        raise BadTable(
            f"Labels must be 1, 0 or not reported; {images.label_names[column]!r} of"
            f" {images.ids[row]!r} is {images.labels[row, column]}."
            " Correct the label table, or set a policy with --uncertain and --blank."
        )
