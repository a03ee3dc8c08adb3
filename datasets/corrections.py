"""Corrected labels: the table of an audit, filled in, and the labels as they were before."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from datasets import tasks
from datasets.files import portable
from datasets.images import CORRECTED_COLUMNS, Images
from datasets.label_names import first_of, hint, spelled
from datasets.label_tables import IMAGE
from datasets.tables import need_column, read_table
from errors import BadTable
from spreadsheets import text_of

LABEL = ("label", "finding")
CORRECTED = "corrected"
# What a cell may say; spreadsheets write 1.0, and a question mark means that nobody can decide.
ANSWERS = {"1": 1.0, "1.0": 1.0, "0": 0.0, "0.0": 0.0, "?": np.nan}


def applied(
    images: Images, path: Path | None, task: str = tasks.AUTO, findings: str = ""
) -> Images:
    """The images with the labels that a table corrects, and a note that counts them.

    Unknown images and labels are errors, but for labels that `--findings` leaves out. Of exclusive
    classes, one that is corrected to present makes the others absent.
    """
    if path is None:
        return images
    table = _filled_in(Path(path))
    table, notes = _known(table, images, Path(path), bool(findings))
    rows = pd.Index(images.ids).get_indexer(pd.Index(table["image"]))
    columns = [images.label_names.index(name) for name in table["label"]]
    labels = images.labels.copy()
    labels[rows, columns] = table[CORRECTED]
    if task == tasks.EXCLUSIVE or (task == tasks.AUTO and tasks.are_exclusive(images)):
        labels = _with_one_class(images, labels, rows, columns, Path(path))
    return _corrected(images, labels, [_counted(Path(path), table, images, labels), *notes])


def _filled_in(path: Path) -> pd.DataFrame:
    """The rows of a table whose label is corrected or confirmed: image, label, corrected."""
    frame = read_table(path).rename(columns=text_of)
    names = (need_column(frame, path, *each) for each in (IMAGE, LABEL, (CORRECTED,)))
    image, label, answer = (frame[name].map(text_of) for name in names)
    wrong = frame.index[~answer.isin([*ANSWERS, ""])]
    if len(wrong):
        raise BadTable(
            f"A label in {path} must be corrected to 1 (present), 0 (absent) or ? (not decided);"
            f" {label[wrong[0]]} of {image[wrong[0]]} is {answer[wrong[0]]!r}. Correct the cell, or"
            " leave it empty."
        )
    table = pd.DataFrame({"image": image.map(portable), "label": label, CORRECTED: answer})
    table = table[answer != ""].drop_duplicates()
    if table.empty:
        raise BadTable(
            f"{path} must correct at least one label; its column {CORRECTED!r} is empty. Fill it"
            " in, or leave --corrections out."
        )
    return table


def _known(
    table: pd.DataFrame, images: Images, path: Path, may_lack: bool
) -> tuple[pd.DataFrame, list[str]]:
    """The rows of known images and labels with labels as numbers; notes on those left out."""
    names = {name: spelled(name, images.label_names) for name in table["label"].unique()}
    unknown = [name for name, label in names.items() if label is None]
    if unknown and not may_lack:
        raise BadTable(
            f"Labels in {path} must be those of {images.source}, which has"
            f" {', '.join(images.label_names)}; got {first_of(unknown)}"
            f"{hint(unknown, images.label_names) or '.'} Correct their names."
        )
    skipped = {each.id for each in images.skipped}
    here = table["image"].isin(images.ids)
    lost = table["image"][~here & ~table["image"].isin(skipped)].unique()
    if len(lost):
        raise BadTable(
            f"Images in {path} must be in {images.source}; {len(lost):,} are not:"
            f" {first_of(lost)}. Correct their names, or remove the rows."
        )
    notes = [f"{path.name}: labels left out by --findings: {first_of(unknown)}"] * bool(unknown)
    notes += [f"{path.name}: {(~here).sum():,} labels are of images that were skipped"] * (
        not here.all()
    )
    kept = table[here & table["label"].map(names).notna()]
    kept = kept.assign(label=kept["label"].map(names), corrected=kept[CORRECTED].map(ANSWERS))
    kept = kept.drop_duplicates()
    twice = kept[kept.duplicated(["image", "label"])]
    if len(twice):
        raise BadTable(
            f"Each label must be corrected once; {path} corrects {twice['label'].iloc[0]} of"
            f" {twice['image'].iloc[0]} to several values. Remove one of the rows."
        )
    return kept, notes


def _with_one_class(
    images: Images, labels: np.ndarray, rows: np.ndarray, columns: Sequence[int], path: Path
) -> np.ndarray:
    """The labels with exactly one class for each image; a class that is confirmed stays."""
    labels = labels.copy()
    for row in np.unique(rows):
        own = [column for one, column in zip(rows, columns, strict=True) if one == row]
        chosen = [column for column in own if labels[row, column] == 1]
        if not chosen and labels.shape[1] == 2 and (labels[row, own] == 0).any():
            chosen = [1 - own[0]]
        chosen = chosen or np.flatnonzero(labels[row] == 1).tolist()
        if len(chosen) != 1 or np.isnan(labels[row, own]).any():
            raise BadTable(
                f"An image has exactly one of the classes {', '.join(images.label_names)}; {path}"
                f" leaves {images.ids[row]} with {len(chosen)} of them, or undecided. Correct its"
                " right class to 1."
            )
        labels[row] = np.arange(labels.shape[1]) == chosen[0]
    return labels


def _corrected(images: Images, labels: np.ndarray, notes: Sequence[str]) -> Images:
    changed = ~((labels == images.labels) | (np.isnan(labels) & np.isnan(images.labels)))
    rows, columns = np.nonzero(changed)
    names = np.array(images.label_names, object)[columns]
    values = (images.ids[rows], names, images.labels[rows, columns])
    before = pd.DataFrame(dict(zip(CORRECTED_COLUMNS, values, strict=True)))
    return replace(images, labels=labels, corrections=before, notes=(*images.notes, *notes))


def _counted(path: Path, table: pd.DataFrame, images: Images, labels: np.ndarray) -> str:
    """How many labels were looked at again, and how many changed to which value."""
    now, before = np.nan_to_num(labels, nan=-1), np.nan_to_num(images.labels, nan=-1)
    changes = {"present": 1, "absent": 0, "not reported": -1}
    counts = {
        name: np.count_nonzero((now == value) & (before != value))
        for name, value in changes.items()
    }
    told = ", ".join(f"{count:,} to {name}" for name, count in counts.items() if count)
    return f"{path.name}: {len(table):,} labels were read again; corrected: {told or 'none'}"
