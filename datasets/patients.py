"""Whose films these are: told by a table or headers, guessed from names, or not known at all."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePath

import numpy as np

from datasets.images import CERTAIN, FILE_NAMES, GUESSES, NOBODY_KNOWN, PATTERN, SETS, Images
from errors import BadTable, InvalidOption

# NIH's 00000001_000.png, Kermany's person1_bacteria_1.jpeg, CheXpert's and others' patient12.
USUAL = re.compile(r"(\d{8})(?=_\d{3})|((?:person|patient|subject)[_-]?\d+)", re.IGNORECASE)
# Kermany's IM-0115-0001.jpeg and NORMAL2-IM-0501-0001-0002.jpeg.
KERMANY = re.compile(r"^((?:NORMAL2-)?IM-\d{4})-\d{4}(?:-\d{4})?\.jpe?g$")
PATTERN_ADVICE = ", or pass --patient-pattern if file names hold the patients elsewhere"


def unit(patients_from: str) -> str:
    """What is dealt to parts and resampled: patients, or films where nobody knows whose."""
    return "film" if patients_from == NOBODY_KNOWN else "patient"


def too_few(images: Images) -> str:
    """Why no split of so few patients has all its parts, and what to do; "" if they suffice."""
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


def owners(found: Iterable[str], ids: np.ndarray, source: str) -> tuple[np.ndarray, str]:
    """Patient of each film (n,), where none was found the film itself; and where they are from."""
    names = np.array(list(found), object)
    unknown = names == ""
    partly = f"{source} in part" if unknown.any() else source
    return np.where(unknown, ids, names), NOBODY_KNOWN if unknown.all() else partly


def by_names(ids: np.ndarray) -> tuple[np.ndarray, str]:
    """Patient of each film (n,) and where they are from, by file names of the usual kinds."""
    names = [PurePath(image).name for image in ids]
    called = Counter(name for name in names if KERMANY.fullmatch(name))
    # Viewers call the images of every patient IM-0001-0001, IM-0001-0002 and so on.
    kinds = (USUAL,) if max(called.values(), default=1) > 1 else (KERMANY, USUAL)
    found = (next(filter(None, (_found(kind, name) for kind in kinds)), "") for name in names)
    return owners(found, ids, FILE_NAMES)


def resolved(images: Images, pattern: str) -> Images:
    """The films with patients by a pattern, if one is given; a note on those not known."""
    if pattern:
        patients, source = _by_pattern(images, pattern)
        images = replace(images, patients=patients, patients_from=source)
    return replace(images, notes=(*images.notes, *_notes(images)))


def _by_pattern(images: Images, pattern: str) -> tuple[np.ndarray, str]:
    """Patients as file names tell them; where none does, as the names with their folders do."""
    if images.patients_from.startswith(CERTAIN):
        raise InvalidOption(
            f"--patient-pattern is for films whose patients only their names tell; those of"
            f" {images.source} are from {images.patients_from}. Leave it out."
        )
    expression = _compiled(pattern)
    names = [PurePath(image).name for image in images.ids]
    for texts in (names, images.ids):
        found = [_found(expression, text) for text in texts]
        if any(found):
            return owners(found, images.ids, PATTERN)
    raise BadTable(
        f"--patient-pattern {pattern!r} must match file names; it matches none of"
        f" {len(images):,}, such as {images.ids[0]!r}. Mend the pattern, or leave it out."
    )


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        expression = re.compile(pattern)
    except re.error as error:
        raise InvalidOption(
            f"--patient-pattern must be a regular expression; {pattern!r} is not: {error}."
        ) from error
    if not expression.groups:
        raise InvalidOption(
            f"--patient-pattern must have a group around the patient, as in '(p\\d+)_'; got"
            f" {pattern!r}."
        )
    return expression


def _found(expression: re.Pattern[str], text: str) -> str:
    match = expression.search(text)
    return next(filter(None, match.groups()), "") if match else ""


def _notes(images: Images) -> tuple[str, ...]:
    """What a reader of any figure must know where patients are not known."""
    if images.patients_from in (*CERTAIN, *GUESSES):
        return ()
    unknown = np.count_nonzero(images.patients == images.ids)
    ways = ["name them in a label table's column `patient`"]
    if not images.patients_from.startswith(CERTAIN):
        ways.insert(0, "type --patient-pattern, such as '^([0-9]+)_', if file names tell them")
    return (
        f"patients of {unknown:,} of {len(images):,} films are not known: each of these counts as a"
        " patient, so parts of the split may share patients, and figures be too good and intervals"
        f" too narrow; {', or '.join(ways)}",
    )
