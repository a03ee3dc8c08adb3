"""What the labels of each data set mean in common findings, by vocabulary.csv or another table."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from datasets import label_names
from datasets.images import Images
from datasets.tables import find_column, letters_of, need_column, read_table
from errors import InvalidOption

TABLE = Path(__file__).with_suffix(".csv")
DATA_SET = ("data set", "format")
NAME, FINDING, APPROXIMATE, SOURCE = "name", "finding", "approximate", "source"
# Marks rows for data sets that have no row of their own for a name.
ANY = "any"
YES = ("yes", "y", "1", "1.0", "true")
OWN_NAME = "its own name"


class Meaning(NamedTuple):
    """A common finding that a label means, exactly or approximately, and why."""

    finding: str
    approximate: bool
    source: str


# By data set and the letters of a name; a name may mean several findings.
Vocabulary = dict[tuple[str, str], list[Meaning]]


class Common(NamedTuple):
    """Images with common findings as labels.

    `names` has the labels that each finding is made of, `approximate` the reason why a finding is
    only nearly the same.
    """

    images: Images
    names: dict[str, list[str]]
    approximate: dict[str, str]


def read(path: Path = TABLE) -> Vocabulary:
    """The vocabulary in a table with columns name and finding; others are optional."""
    frame = read_table(path)
    name, finding = (need_column(frame, path, column) for column in (NAME, FINDING))
    blank = pd.Series("", index=frame.index)
    data_set = frame.get(find_column(frame, *DATA_SET), blank).replace("", ANY)
    approximate = frame.get(find_column(frame, APPROXIMATE), blank).str.lower().isin(YES)
    source = frame.get(find_column(frame, SOURCE), blank)
    found: Vocabulary = {}
    columns = (data_set, frame[name], frame[finding], approximate, source)
    for whose, label, *meaning in zip(*columns, strict=True):
        found.setdefault((whose, letters_of(label)), []).append(Meaning(*meaning))
    return found


@cache
def built_in() -> Vocabulary:
    """The vocabulary of this project."""
    return read()


def findings() -> list[str]:
    """All common findings, sorted."""
    return sorted({each.finding for meanings in built_in().values() for each in meanings})


def meanings(label: str, data_set: str, tables: Iterable[Vocabulary] = ()) -> list[Meaning]:
    """The findings that a label of a data set means; its own name if no table has it.

    The first table with the label decides; without tables, the vocabulary of this project.
    """
    for vocabulary in tables or (built_in(),):
        for whose in (data_set, ANY):
            if found := vocabulary.get((whose, letters_of(label))):
                return [each for each in found if each.finding] or [_own(label)]
    return [_own(label)]


def _own(label: str) -> Meaning:
    return Meaning(label, False, OWN_NAME)


def common(images: Images, changes: Path | None = None) -> Common:
    """The images with common findings as labels, so that they compare with other data sets.

    A finding made of several labels is present if one of them is, and absent if all are.
    """
    return _mapped(images, [read(changes), built_in()] if changes else [built_in()])


def renamed(images: Images, table: Path | None) -> Images:
    """The images with labels named by a table only, and a note that lists which."""
    if table is None:
        return images
    mapped = _mapped(images, [read(table)])
    made = [
        f"{finding} from {' or '.join(labels)}"
        for finding, labels in mapped.names.items()
        if labels != [finding]
    ]
    if not made:
        raise InvalidOption(
            f"--map must rename labels of {images.source}, which has"
            f" {', '.join(images.label_names)}; {table} renames none of them. Correct its columns"
            f" {NAME} and {FINDING}, or leave --map out."
        )
    note = f"labels renamed by {table.name}: {', '.join(made)}"
    return replace(mapped.images, notes=(*images.notes, note))


def named_as(images: Images, labels: Sequence[str]) -> Images:
    """The images with labels as in these (a bundle's), by spelling or because they mean the same.

    A note lists labels that were renamed by their meaning.
    """
    images = label_names.named_as(images, labels)
    asked = {_exact(label, ANY): label for label in labels if label not in images.label_names}
    taken = {
        name: asked[_exact(name, images.format)]
        for name in images.label_names
        if name not in labels and _exact(name, images.format) in asked
    }
    if not taken or len(set(taken.values())) < len(taken):
        return images
    boxed = images.boxes["label"].map(lambda name: taken.get(name, name)).astype(object)
    note = f"same findings: {', '.join(f'{name} is {label}' for name, label in taken.items())}"
    return replace(
        images,
        label_names=tuple(taken.get(name, name) for name in images.label_names),
        boxes=images.boxes.assign(label=boxed),
        notes=(*images.notes, note),
    )


def _exact(label: str, data_set: str) -> str:
    """The finding that a label means exactly, else the label."""
    exact = [each.finding for each in meanings(label, data_set) if not each.approximate]
    return exact[0] if exact else label


def _mapped(images: Images, tables: Sequence[Vocabulary]) -> Common:
    of_label = {name: meanings(name, images.format, tables) for name in images.label_names}
    names: dict[str, list[str]] = {}
    for label, found in of_label.items():
        for meaning in found:
            names.setdefault(meaning.finding, []).append(label)
    approximate = {
        each.finding: each.source
        for found in of_label.values()
        for each in found
        if each.approximate
    }
    return Common(_with_labels(images, names, of_label), names, approximate)


def _with_labels(
    images: Images, names: dict[str, list[str]], of_label: dict[str, list[Meaning]]
) -> Images:
    columns = [
        _union(images.labels[:, [images.label_names.index(label) for label in labels]])
        for labels in names.values()
    ]
    boxed = images.boxes["label"].map(
        lambda label: next((each.finding for each in of_label.get(label, [])), label)
    )
    return replace(
        images,
        labels=np.column_stack(columns) if columns else images.labels,
        label_names=tuple(names),
        boxes=images.boxes.assign(label=boxed.astype(object)),
    )


def _union(labels: np.ndarray) -> np.ndarray:
    """1 (n,) where any of these labels (n, k) is 1, 0 where all are 0, else NaN."""
    present = (labels == 1).any(axis=1)
    return np.where(present, 1, np.where((labels == 0).all(axis=1), 0, np.nan)).astype(np.float32)


def misspelled(labels: tuple[str, ...], data_set: str) -> list[str]:
    """A note for each label that is no known finding, but differs from one in few letters."""
    known = findings()
    notes = []
    for label in labels:
        if meanings(label, data_set)[0].source == OWN_NAME:
            near = [each for each in known if label_names.are_near(label, each)]
            notes += [
                f"label {label} is no known finding; if {each} is meant, rename it in the"
                " label table, or pass --map FILE"
                for each in near[:1]
            ]
    return notes
