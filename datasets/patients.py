"""The patient of each image: from a table or headers, guessed from file names, or unknown."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePath

import numpy as np

from datasets.images import (
    CERTAIN,
    FILE_NAMES,
    GUESSES,
    NOBODY_KNOWN,
    PATTERN,
    SETS,
    Caution,
    Images,
)
from errors import BadTable, InvalidOption

# NIH's 00000001_000.png, Kermany's person1_bacteria_1.jpeg, CheXpert's and others' patient12.
USUAL = re.compile(r"(\d{8})(?=_\d{3})|((?:person|patient|subject)[_-]?\d+)", re.IGNORECASE)
# Kermany's IM-0115-0001.jpeg and NORMAL2-IM-0501-0001-0002.jpeg.
KERMANY = re.compile(r"^((?:NORMAL2-)?IM-\d{4})-\d{4}(?:-\d{4})?\.jpe?g$")
PATTERN_ADVICE = ", or pass --patient-pattern if file names contain the patient"


def unit(patients_from: str) -> str:
    """What splits and intervals are drawn by: patients, or images where patients are unknown."""
    return "image" if patients_from == NOBODY_KNOWN else "patient"


def too_few(images: Images) -> str:
    """An error message if there are too few patients for a split, else ""."""
    count = len(set(images.patients))
    if count >= len(SETS):
        return ""
    source = "" if images.patients_from == NOBODY_KNOWN else f" (by {images.patients_from})"
    others = "images of other patients" if source else "images"
    advice = PATTERN_ADVICE * images.patients_from.startswith(GUESSES)
    return (
        f"A split needs at least {len(SETS)} {'patient' if source else 'image'}s, one each for"
        f" training, validation and test; {images.source} has {count}{source}. Add"
        f" {others}{advice}."
    )


def owners(known: Iterable[str], ids: np.ndarray, source: str) -> tuple[np.ndarray, str]:
    """The patient of each image (n,), the image itself if unknown; and the source of patients."""
    names = np.array(list(known), object)
    unknown = names == ""
    partly = f"{source} for some images" if unknown.any() else source
    return np.where(unknown, ids, names), NOBODY_KNOWN if unknown.all() else partly


def by_names(ids: np.ndarray) -> tuple[np.ndarray, str]:
    """The patient of each image (n,) by usual file names, and the source of patients."""
    names = [PurePath(image).name for image in ids]
    called = Counter(name for name in names if KERMANY.fullmatch(name))
    # Some viewers name the images of each patient IM-0001-0001, IM-0001-0002 and so on.
    kinds = (USUAL,) if max(called.values(), default=1) > 1 else (KERMANY, USUAL)
    patients = (next(filter(None, (_found(kind, name) for kind in kinds)), "") for name in names)
    return owners(patients, ids, FILE_NAMES)


def resolved(images: Images, pattern: str) -> Images:
    """The images with patients by a pattern, if given, and a note on unknown patients."""
    if pattern:
        patients, source = _by_pattern(images, pattern)
        images = replace(images, patients=patients, patients_from=source)
    return replace(images, notes=(*images.notes, *_notes(images)))


def _by_pattern(images: Images, pattern: str) -> tuple[np.ndarray, str]:
    """Patients by a pattern for file names; if it matches none, for names with their folders."""
    if images.patients_from.startswith(CERTAIN):
        raise InvalidOption(
            f"--patient-pattern is for images whose patients are unknown; those of {images.source}"
            f" are from {images.patients_from}. Leave it out."
        )
    expression = _compiled(pattern)
    names = [PurePath(image).name for image in images.ids]
    for texts in (names, images.ids):
        patients = [_found(expression, text) for text in texts]
        if any(patients):
            return owners(patients, images.ids, PATTERN)
    raise BadTable(
        f"--patient-pattern {pattern!r} must match file names; it matches none of"
        f" {len(images):,}, such as {images.ids[0]!r}. Correct the pattern, or leave it out."
    )


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        expression = re.compile(pattern)
    except re.error as error:
        raise InvalidOption(
            f"--patient-pattern must be a regular expression; {pattern!r} is not: {error}. Correct"
            " it, or leave it out."
        ) from error
    if not expression.groups:
        raise InvalidOption(
            f"--patient-pattern must have a group around the patient, as in '(p\\d+)_'; got"
            f" {pattern!r}. Add parentheses."
        )
    return expression


def _found(expression: re.Pattern[str], text: str) -> str:
    match = expression.search(text)
    return next(filter(None, match.groups()), "") if match else ""


def _notes(images: Images) -> tuple[str, ...]:
    """A note for every reader of results if some patients are unknown."""
    if images.patients_from in (*CERTAIN, *GUESSES):
        return ()
    unknown = np.count_nonzero(images.patients == images.ids)
    ways = ["add a column `patient` to the label table"]
    if not images.patients_from.startswith(CERTAIN):
        ways.insert(
            0, "pass --patient-pattern, such as '^([0-9]+)_', if file names contain the patient"
        )
    text = (
        f"the patients of {unknown:,} of {len(images):,} images are unknown. Each of these images"
        " counts as a patient, so the sets of the split may share patients: results may be too good"
        f" and intervals too narrow. To avoid it, {', or '.join(ways)}"
    )
    return (Caution(text),)
