"""Label tables of any layout: an image column, findings, and other known columns."""

from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd

from datasets.files import portable
from datasets.images import LABEL_TABLE, NOBODY_KNOWN, Images, Split
from datasets.label_names import first_of
from datasets.labels import (
    META,
    Policies,
    from_joined,
    no_labels,
    read_meta,
    spelling,
    with_one_spelling,
)
from datasets.options import Reading, listed
from datasets.patients import owners
from datasets.splits import from_column
from datasets.tables import find_column, need_column, read_table
from errors import BadTable

IMAGE = ("image", "image index", "image id", "image name", "filename", "file", "path", "id")
JOINED = ("findings", "finding labels", "labels", "label", "finding", "diagnosis")
PATIENT = ("patient", "patient id", "subject id")
STUDY = ("study", "study id", "accession number")
SPLIT = ("split", "fold", "set", "subset")


def images_of_table(path: Path, layout: str, options: Reading) -> Images:
    """The images of a label table, without paths; without a patient column each is a patient."""
    frame = read_table(path)
    image = need_column(frame, path, *IMAGE)
    ids = frame[image].map(portable).to_numpy(object)
    labels, names, notes = _labels(frame, path, options, image)
    patients, patients_from = _patients(frame, ids)
    return Images(
        source=path.resolve().parent.name,
        format=layout,
        ids=ids,
        paths=np.full(len(ids), "", object),
        patients=patients,
        labels=labels,
        label_names=names,
        meta=read_meta(frame),
        patients_from=patients_from,
        studies=_studies(frame),
        split=_split(frame),
        notes=(*notes, *_named_otherwise(frame, options)),
    )


def _named_otherwise(frame: pd.DataFrame, options: Reading) -> tuple[str, ...]:
    """A note on the columns that were recognised by another name than the usual one."""
    known = {"image": IMAGE, "patient": PATIENT}
    known |= {} if _asked_columns(frame, options) else {"findings": JOINED}
    known |= {"study": STUDY, "split": SPLIT, **META}
    found = {usual: find_column(frame, *names) for usual, names in known.items()}
    others = [f"{name} is {usual}" for usual, name in found.items() if name not in (None, usual)]
    return (f"columns: {', '.join(others)}",) * bool(others)


def _patients(frame: pd.DataFrame, ids: np.ndarray) -> tuple[np.ndarray, str]:
    column = find_column(frame, *PATIENT)
    return owners(frame[column], ids, LABEL_TABLE) if column else (ids, NOBODY_KNOWN)


def _studies(frame: pd.DataFrame) -> np.ndarray | None:
    column = find_column(frame, *STUDY)
    return frame[column].to_numpy(object) if column else None


def _labels(
    frame: pd.DataFrame, path: Path, options: Reading, image: str
) -> tuple[np.ndarray, tuple[str, ...], tuple[str, ...]]:
    joined, asked = _joined(frame), _asked_columns(frame, options)
    if joined and not asked:
        return _of_joined(frame, joined, image)
    columns = asked or _others(frame, image)
    if not columns:
        raise BadTable(
            f"{path} must have a column {JOINED[0]!r} with findings joined by |, or a column of 0"
            f" and 1 per finding; it has: {', '.join(frame.columns)}. Add one of them."
        )
    _check_spellings(columns, path)
    blank = "ignore" if options.blank == "auto" else options.blank
    values, notes = Policies(options.uncertain, blank).apply(frame[columns], path)
    unread = (f"column not read: {joined}, as --findings names columns of 0 and 1",) * bool(joined)
    return values, tuple(columns), (*notes, *unread)


def _joined(frame: pd.DataFrame) -> str | None:
    """The column of joined findings; None without one, or if it holds labels of 0 and 1."""
    name = find_column(frame, *JOINED)
    return name if name and no_labels(frame[name]).any() else None


def _of_joined(
    frame: pd.DataFrame, joined: str, image: str
) -> tuple[np.ndarray, tuple[str, ...], tuple[str, ...]]:
    empty = (frame[joined] == "").sum()
    note = f"{empty:,} rows name no finding: all their labels count as absent"
    texts, notes = with_one_spelling(frame[joined])
    notes = (note,) * bool(empty) + notes + _unread(_others(frame, image, joined), joined)
    return (*from_joined(texts), notes)


def _check_spellings(columns: list[str], path: Path) -> None:
    first: dict[str, str] = {}
    for name in columns:
        other = first.setdefault(spelling(name), name)
        if other != name:
            raise BadTable(
                f"Labels must differ in more than case and spaces; {path} has columns {other!r}"
                f" and {name!r}. Merge them, rename one, or select one with --findings."
            )


def _asked_columns(frame: pd.DataFrame, options: Reading) -> list[str]:
    """The findings of `--findings`, if each is a column; else none."""
    asked = listed(options.findings)
    return asked if set(asked) <= set(frame.columns) else []


def _others(frame: pd.DataFrame, *used: str) -> list[str]:
    """The columns that are neither used nor known by their name."""
    known = {
        find_column(frame, name)
        for name in (*PATIENT, *STUDY, *SPLIT, *chain.from_iterable(META.values()))
    }
    return [name for name in frame if name not in known | {*used} and not _unnamed(name)]


def _unread(columns: list[str], joined: str) -> tuple[str, ...]:
    """A note on columns that are not read beside one of joined findings."""
    note = (
        f"columns not read: {first_of(columns)}; to read columns of 0 and 1, name"
        f" them in --findings, or remove the column {joined}"
    )
    return (note,) * bool(columns)


def _unnamed(name: str) -> bool:
    # pandas gives this name to row numbers and to trailing commas.
    return name.startswith("Unnamed:")


def _split(frame: pd.DataFrame) -> Split | None:
    name = find_column(frame, *SPLIT)
    return from_column(frame[name], name) if name else None
