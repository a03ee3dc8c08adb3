"""Images that an encoder was pretrained on, which would make its results on them too good."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from datasets.image_ids import rows_of
from datasets.images import TEST, Caution, Images, Split
from datasets.label_tables import IMAGE
from datasets.sources import counted
from datasets.tables import find_column, read_lines, read_table
from errors import BadSplit, DatasetNotFound, InvalidOption
from progress import say

TABLES = (".csv", ".csv.gz", ".tsv", ".zip")
# The name of MIMIC-CXR for an image.
DICOM = "dicom id"


def ids_in(path: Path) -> list[str]:
    """The ids in a list with one on each line, or in a table with a column of images."""
    if not path.exists():
        raise DatasetNotFound(
            f"--pretrained-on must be a list or table of image ids; there is no file {path}."
            " Check the path."
        )
    if not path.name.lower().endswith(TABLES):
        return read_lines(path)
    frame = read_table(path)
    cells = frame[find_column(frame, *IMAGE, DICOM) or frame.columns[0]].tolist()
    return [cell for cell in cells if cell]


def noted(images: Images, path: Path | None, exclude: bool, in_folds: bool) -> Images:
    """The images with a note on how many test images and patients an encoder has seen.

    With `exclude` all images of these test patients are in no set of the split. With folds every
    image is a test image once.
    """
    if path is None:
        if exclude:
            raise InvalidOption(
                "--exclude-pretrained needs the ids that an encoder was pretrained on; got no"
                " --pretrained-on. Add --pretrained-on FILE."
            )
        return images
    rows, _ = rows_of(ids_in(path), images)
    tested = images.sets != "" if in_folds else images.in_set(TEST)
    seen = tested & np.isin(images.patients, images.patients[rows >= 0])
    note = f"{path} lists {_counted(images, tested & (rows >= 0))} as pretraining images of an"
    note += f" encoder, among {_counted(images, tested)} to test on"
    if exclude and seen.any():
        note += f"; {_counted(images, seen)} left out"
        images = _without(images, seen, tested, path)
    elif seen.any():
        note = Caution(f"{note}, so results may be too good (--exclude-pretrained)")
    say(note)
    return replace(images, notes=(*images.notes, note))


def _counted(images: Images, which: np.ndarray) -> str:
    """`12 images of 9 patients`."""
    n_patients = len(set(images.patients[which]))
    return f"{counted(int(which.sum()), 'image')} of {counted(n_patients, 'patient')}"


def _without(images: Images, seen: np.ndarray, tested: np.ndarray, path: Path) -> Images:
    """The images with a split that has none of those that an encoder has seen in a set."""
    if (seen == tested).all():
        raise BadSplit(
            f"Test images must remain after --exclude-pretrained; {path} lists all"
            f" {_counted(images, tested)}. Leave it out, or name another data set."
        )
    sets = np.where(seen, "", images.sets)
    split = Split(f"{images.split_name} without pretraining images", sets)
    return replace(images, split=split)
