"""ChestMNIST, PneumoniaMNIST and other sets of MedMNIST: images and labels in one npz file."""

import re
from pathlib import Path

import numpy as np

from datasets import npz_images
from datasets.images import (
    NOBODY_KNOWN,
    TEST,
    TRAIN,
    VALIDATION,
    Caution,
    Images,
    Split,
    unknown_meta,
)
from datasets.options import PROJECT, Reading
from datasets.overlap import NIH_IMAGES
from datasets.readers.nih import LABELS
from errors import BadArrays, DatasetNotFound

__all__ = ["Chestmnist"]

FILES = "*mnist*.npz"
# Of a set that is not listed, `label 0`, `label 1` … stand for the labels.
NAMES = {"chestmnist": LABELS[:-1], "pneumoniamnist": ("Normal", "Pneumonia")}
SETS = {"train": TRAIN, "val": VALIDATION, "test": TEST}
SIZE = re.compile(r"_\d+$")
NO_PATIENTS = Caution(
    "the file names no patients: intervals count each image as a patient, and are too narrow where"
    " patients have several images"
)


class Chestmnist:
    """Reads a folder with `chestmnist.npz` or `chestmnist_224.npz`, or another set of MedMNIST."""

    @staticmethod
    def recognises(root: Path) -> bool:
        """Whether there is a file of MedMNIST."""
        return any(root.glob(FILES))

    @staticmethod
    def load(root: Path, options: Reading) -> Images:
        """All images of the largest file, which are unpacked into the cache the first time."""
        path, others = _file(root)
        name = SIZE.sub("", path.stem.lower())
        labels = {part: npz_images.labels(path, f"{part}_labels") for part in SETS}
        values, names = _labels(np.concatenate(list(labels.values())), name, path)
        parts = np.repeat([*SETS], [len(each) for each in labels.values()])
        files = [npz_images.file_name(row) for each in labels.values() for row in range(len(each))]
        ids = np.array([f"{part}/{file}" for part, file in zip(parts, files, strict=True)], object)
        paths = np.full(len(ids), "", object)
        if options.images:
            folder = _unpacked(path, name, options)
            paths = np.array([str(folder / each) for each in ids], object)
        ours = (NIH_IMAGES,) * (name == "chestmnist")
        return Images(
            source=root.resolve().name,
            format="chestmnist",
            ids=ids,
            paths=paths,
            patients=ids,
            labels=values,
            label_names=names,
            meta=unknown_meta(len(ids)),
            patients_from=NOBODY_KNOWN,
            split=Split(f"MedMNIST's of {name}", np.array([SETS[part] for part in parts], object)),
            notes=(*ours, NO_PATIENTS, *_described(path, others)),
        )


def _file(root: Path) -> tuple[Path, list[Path]]:
    """The file of the largest images, and the other files."""
    files = sorted(root.glob(FILES))
    if not files:
        raise DatasetNotFound(
            f"MedMNIST needs a file such as chestmnist.npz in {root}; there is none. Copy it there,"
            " or choose another --format."
        )
    sides = [_side(path) for path in files]
    chosen = files[sides.index(max(sides))]
    return chosen, [path for path in files if path != chosen]


def _side(path: Path) -> int:
    """The height of the training images; the arrays of all sets must be there."""
    arrays = npz_images.stored(path)
    lacking = [
        name for part in SETS for name in (f"{part}_images", f"{part}_labels") if name not in arrays
    ]
    if lacking:
        raise BadArrays(
            f"A file of MedMNIST must hold images and labels of three sets; {path} lacks"
            f" {', '.join(lacking)}. Download it again."
        )
    for part in SETS:
        n_images, n_labels = (arrays[f"{part}_{kind}"].shape[0] for kind in ("images", "labels"))
        if n_images != n_labels:
            raise BadArrays(
                f"Each image must have a row of labels; {path} has {n_images:,} {part} images and"
                f" {n_labels:,} rows. Download it again."
            )
    return arrays["train_images"].shape[1]


def _labels(values: np.ndarray, name: str, path: Path) -> tuple[np.ndarray, tuple[str, ...]]:
    """Labels (n, k) of 1 and 0: columns as they are, or one for each class of a single column."""
    if values.shape[1] == 1:
        n_classes = int(values.max(initial=0)) + 1
        values = (values == np.arange(max(n_classes, 2))).astype(np.float32)
    names = NAMES.get(name, tuple(f"label {column}" for column in range(values.shape[1])))
    if len(names) != values.shape[1]:
        raise BadArrays(
            f"{path} must have {len(names)} labels, as {name} has; it has {values.shape[1]}. Rename"
            " the file if it is another set."
        )
    return values.astype(np.float32), names


def _unpacked(path: Path, name: str, options: Reading) -> Path:
    cache = Path(getattr(options, "cache", PROJECT / "cache"))
    folder = cache / f"unpacked-{name}-{npz_images.digest(path)}"
    return npz_images.unpacked(path, {f"{part}_images": part for part in SETS}, folder)


def _described(path: Path, others: list[Path]) -> list[str]:
    shape = npz_images.stored(path)["train_images"].shape
    rest = [f"not read: {', '.join(other.name for other in others)}"] * bool(others)
    return ["; ".join([f"{path.name}: images of {shape[1]} × {shape[2]} pixels", *rest])]
