"""What two data sets have in common: images by name or content, and patients."""

from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import NamedTuple

import numpy as np

import storage
from datasets.images import NOBODY_KNOWN, Caution, Images

NIH = "nih"
# A note of data sets whose images were taken from NIH ChestX-ray14.
NIH_IMAGES = Caution(
    "these images are from NIH ChestX-ray14: a model that was trained on NIH must not be tested"
    " on them, nor the other way round"
)
# Files of one size are compared by this part of their middle before they are read whole.
SAMPLE = 4096

Pair = tuple[int, int]


class Overlap(NamedTuple):
    """How many images of the first data set are also in the second, and how many patients.

    None for patients that are not known.
    """

    names: int
    files: int
    patients_of_one_name: int | None
    patients_of_files: int


def overlap(first: Images, second: Images) -> Overlap:
    """Images of one name, files of one content, patients of one name, and those of such files."""
    known = NOBODY_KNOWN not in (first.patients_from, second.patients_from)
    same = len(_plain(first) & _plain(second)) if known else None
    rows = [row for row, _ in identical(first, second)]
    names = len(_stems(first) & _stems(second))
    return Overlap(names, len(set(rows)), same, len(set(first.patients[rows])))


def shared_names(first: Images, second: Images) -> np.ndarray:
    """Mask (n,) of the first images that share their name or their patient with a second one."""
    names, patients = _stems(second), _plain(second)
    known = NOBODY_KNOWN not in (first.patients_from, second.patients_from)
    return np.array(
        [
            _stem(image) in names or (known and _plain_name(patient) in patients)
            for image, patient in zip(first.ids, first.patients, strict=True)
        ],
        bool,
    )


def identical(first: Images, second: Images) -> list[Pair]:
    """The rows of images whose files are the same byte for byte."""
    others: dict[tuple[int, bytes], list[int]] = {}
    sizes = {size for size, _ in _sizes(first)} & {size for size, _ in _sizes(second)}
    for key, row in _sampled(second, sizes):
        others.setdefault(key, []).append(row)
    return [
        (row, other)
        for key, row in _sampled(first, sizes)
        for other in others.get(key, [])
        if _digest(first, row) == _digest(second, other)
    ]


def kinship(sets: list[Images]) -> str:
    """A sentence on data sets whose images come from one source, else ""."""
    kin = [each.source for each in sets if each.format == NIH or NIH_IMAGES in each.notes]
    if len(kin) < 2:
        return ""
    return (
        f"{' and '.join(kin)} hold images of NIH ChestX-ray14, often under other names and in other"
        " files. Do not test a model on one of them that was trained on another"
    )


def _plain(images: Images) -> set[str]:
    """Patients without leading zeros: NIH's table has 13 where its file names have 00000013."""
    return set(map(_plain_name, images.patients))


def _plain_name(patient: str) -> str:
    return patient.lstrip("0") if patient.isdigit() else patient


def _stems(images: Images) -> set[str]:
    return set(map(_stem, images.ids))


def _stem(name: str) -> str:
    return PurePath(name).stem.casefold()


def _sizes(images: Images) -> Iterator[tuple[int, int]]:
    """The size of each image file with its row; files that are not there have none."""
    for row, path in enumerate(images.paths):
        if not path:
            continue
        try:
            yield Path(path).stat().st_size, row
        except OSError:
            continue


def _sampled(images: Images, sizes: set[int]) -> Iterator[tuple[tuple[int, bytes], int]]:
    """Size and middle of each file that has one of these sizes, with its row."""
    for size, row in _sizes(images):
        if size in sizes:
            with storage.opened(images.paths[row]) as file:
                file.seek(max(size - SAMPLE, 0) // 2)
                yield (size, file.read(SAMPLE)), row


def _digest(images: Images, row: int) -> str:
    return storage.sha256_of_file(images.paths[row])
