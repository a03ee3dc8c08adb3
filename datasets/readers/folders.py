"""A folder per class, under train, val and test or not; exclusive classes become one-hot labels."""

import re
from pathlib import Path

import numpy as np
import pandas as pd

from datasets.files import find_images
from datasets.films import PARTS, Films, unknown_meta
from datasets.options import Reading
from datasets.splits import PART_NAMES, from_column
from errors import BadTable, DatasetNotFound, InvalidOption

__all__ = ["Folders"]

# NIH's 00000001_000.png, Kermany's person1_bacteria_1.jpeg, CheXpert's and others' patient12.
PATIENTS = re.compile(r"(\d{8})(?=_\d{3})|((?:person|patient|subject)[_-]?\d+)", re.IGNORECASE)


class Folders:
    """Reads `train|val|test/<class>/*` or `<class>/*`."""

    @staticmethod
    def recognises(root: Path) -> bool:
        """Whether there are images in folders below, whatever their names."""
        return any(path.is_dir() for path in root.iterdir()) and bool(_classes(root))

    @staticmethod
    def load(root: Path, options: Reading) -> Films:
        """All films below root; a film's id is its path from there."""
        files = find_images(root)
        relative = [path.relative_to(root) for path in files]
        if not files or any(len(path.parts) < 2 for path in relative):
            raise DatasetNotFound(
                f"The folders layout needs images in {root}/<class>/ or {root}/train/<class>/;"
                f" {sum(len(path.parts) < 2 for path in relative)} of {len(files)} images found"
                " are in a class folder's place. Sort them into folders named after their class."
            )
        classes = [path.parts[-2] for path in relative]
        names = tuple(sorted(set(classes)))
        patients, patients_from = _patients(relative, options.patient_pattern)
        parts = pd.Series(
            [path.parts[0].lower() if len(path.parts) > 2 else "" for path in relative]
        )
        given = set(parts) & {*PARTS, *PART_NAMES}
        return Films(
            source=root.resolve().name,
            format="folders",
            ids=np.array([path.as_posix() for path in relative], object),
            paths=np.array([str(path) for path in files], object),
            patients=patients,
            labels=(np.array(classes)[:, None] == np.array(names)).astype(np.float32),
            label_names=names,
            meta=unknown_meta(len(files)),
            patients_from=patients_from,
            split=from_column(parts, "the folders") if given else None,
        )


def _classes(root: Path) -> set[str]:
    return {path.parent.name for path in find_images(root) if path.parent != root}


def _patients(relative: list[Path], pattern: str) -> tuple[np.ndarray, str]:
    """Patient of each film by its file name; where the pattern says nothing, the film itself."""
    try:
        expression = re.compile(pattern) if pattern else PATIENTS
    except re.error as error:
        raise InvalidOption(
            f"--patient-pattern must be a regular expression; {pattern!r} is not: {error}."
        ) from error
    if not expression.groups:
        raise InvalidOption(
            f"--patient-pattern must have a group around the patient, as in '(p\\d+)_'; got"
            f" {pattern!r}."
        )
    found = [expression.search(path.name) for path in relative]
    if pattern and not any(found):
        raise BadTable(
            f"--patient-pattern {pattern!r} must match file names; it matches none of"
            f" {len(relative)}, such as {relative[0].name!r}. Mend the pattern, or leave it out."
        )
    names = [
        next(filter(None, match.groups()), path.as_posix()) if match else path.as_posix()
        for match, path in zip(found, relative, strict=True)
    ]
    return np.array(names, object), "--patient-pattern" if pattern else "file names"
