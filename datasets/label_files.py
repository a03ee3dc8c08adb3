"""Find the table of a folder that holds the labels of its images, or explain why none does."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from datasets.files import by_name, find_images, near_miss
from datasets.images import SETS
from datasets.label_tables import images_of_table
from datasets.labels import spelling
from datasets.options import Reading
from datasets.splits import SET_NAMES
from datasets.tables import WORKBOOKS
from errors import DatasetNotFound, HybridError, InvalidOption

# Spreadsheets that cannot be read.
SHEETS = (".xls", ".xlsb", ".ods", ".numbers")
TEXTS = tuple(kind + packed for kind in (".csv", ".tsv") for packed in ("", ".gz", ".zip"))
READ = (*TEXTS, *WORKBOOKS)
SENTENCE_END = re.compile(r"\.\s+[A-Z]")
LONGEST_REASON = 300
# A table that labels this share of the images is preferred to the names of folders.
NEARLY_ALL = 0.9


class Fit(NamedTuple):
    """A table with its label names and how many images it labels, or why it labels none."""

    path: Path
    labels: tuple[str, ...] = ()
    images: int = 0
    reason: str = ""


def named(root: Path, options: Reading) -> Path | None:
    """The file of `--label-table`, relative to this folder or to the folder of the data set."""
    asked = options.label_table
    if asked is None:
        return None
    path = next((path for path in (Path(asked), root / asked) if path.is_file()), Path(asked))
    if path.name.lower().endswith(SHEETS):
        raise InvalidOption(
            f"--label-table must be a CSV, TSV or .xlsx file; {path} is another spreadsheet."
            " Open it, save it as CSV, and name that file."
        )
    return path


def table_of(root: Path, options: Reading, images: list[Path], usual: str = "") -> Path:
    """The label table of a folder: the one asked for, the usual one, or the only one that fits."""
    asked = named(root, options)
    if asked or (usual and (root / usual).is_file()):
        return asked or root / usual
    texts = [path for path in tables(root) if path.name.lower().endswith(READ)]
    return texts[0] if len(texts) == 1 else only(root, fits_of(root, options, images))


def chosen(root: Path, table: Path, usual: str = "") -> tuple[str, ...]:
    """A note that names the table, if it is not the usual one or there are others."""
    others = [path.name for path in tables(root) if path.name != table.name]
    rest = f"; not read: {', '.join(others)}" if others else ""
    return (f"label table: {table.name}{rest}",) * (bool(others) or table.name != usual)


def before_folders(root: Path, options: Reading) -> bool:
    """Whether a table holds the labels, not the names of folders.

    If neither does, the error names the tables and why they were not read.
    """
    images = find_images(root)
    fits = fits_of(root, options, images)
    classes = {path.parent.name for path in images if path.parent != root}
    if not fits or (can_be_classes(classes) and not _whole(fits, classes, len(images))):
        return False
    only(root, fits)
    return True


def can_be_classes(names: Collection[str]) -> bool:
    """Whether names of folders can be classes: several names that are not train, val and test."""
    return len(names) > 1 and not {name.lower() for name in names} <= {*SETS, *SET_NAMES}


def notes(root: Path, options: Reading, images: list[Path]) -> tuple[str, ...]:
    """Notes on the tables of a folder whose classes are the names of folders."""
    fits = fits_of(root, options, images)
    fitting = [fit.path.name for fit in fits if not fit.reason]
    instead = [
        f"classes are the names of folders; pass --label-table {name} to read {name} instead"
        for name in fitting
    ]
    return (*instead, *filter(None, [unread(fits)]))


def only(root: Path, fits: list[Fit]) -> Path:
    """The only table that fits; the error for none or several names them with reasons."""
    fitting = [fit.path for fit in fits if not fit.reason]
    if len(fitting) == 1:
        return fitting[0]
    several = f"these fit: {', '.join(path.name for path in fitting)}"
    raise DatasetNotFound(
        "Labels must be in one table with an image column and findings; in"
        f" {root} {several if fitting else unread(fits) or 'there is no table'}. Name the one to"
        " read with --label-table, or pass --format folders if the names of folders are classes."
    )


def unread(fits: list[Fit]) -> str:
    """The tables that were not read, each with the reason."""
    return "; ".join(f"{fit.path.name} is not read ({fit.reason})" for fit in fits if fit.reason)


def tables(root: Path) -> list[Path]:
    """Tables and spreadsheets directly in the folder."""
    files = (path for path in root.iterdir() if path.name.lower().endswith((*READ, *SHEETS)))
    return sorted(path for path in files if path.is_file() and path.name[0] not in ".~")


def not_read(root: Path, read: Collection[Path]) -> list[str]:
    """A note that names the tables of a folder that its layout does not use."""
    others = [path.name for path in tables(root) if path not in read]
    return [f"tables that this layout does not use: {', '.join(others)}"] * bool(others)


def fits_of(root: Path, options: Reading, images: list[Path]) -> list[Fit]:
    """Each table of the folder with how many of these images it labels."""
    return [fit_of(root, path, options, images) for path in tables(root)]


def fit_of(root: Path, path: Path, options: Reading, images: list[Path]) -> Fit:
    """Whether a table holds labels of these images."""
    if path.name.lower().endswith(SHEETS):
        return Fit(path, reason="a spreadsheet: save it as CSV")
    try:
        # Policies for uncertain and blank labels do not matter here.
        labelled = images_of_table(path, "any", replace(options, uncertain="ignore", blank="auto"))
        matched = by_name(labelled.ids, images) if options.images else dict.fromkeys(labelled.ids)
    except HybridError as error:
        return Fit(path, reason=_short(str(error), path))
    if not matched:
        return Fit(path, reason=no_image(root, labelled.ids.tolist(), images))
    return Fit(path, labelled.label_names, len(matched))


def _whole(fits: list[Fit], classes: Collection[str], n_images: int) -> bool:
    """Whether one table holds labels of nearly all images, none of them the name of a folder."""
    fitting = [fit for fit in fits if not fit.reason]
    if len(fitting) != 1 or fitting[0].images < NEARLY_ALL * n_images:
        return False
    return not set(map(spelling, fitting[0].labels)) & set(map(spelling, classes))


def no_image(root: Path, ids: Sequence[str], images: list[Path]) -> str:
    """A clause for a table without images: its first id, and a file that is here instead."""
    if not ids:
        return "it has no rows"
    there = f"an image here is {images[0].name!r}" if images else "there are no images here"
    return f"none of its images was found, such as {str(ids[0])!r}; {near_miss(root, ids) or there}"


def _short(reason: str, path: Path) -> str:
    """The part of an error message that says what is wrong, without the advice."""
    return SENTENCE_END.split(reason.replace(str(path), path.name))[0][:LONGEST_REASON].rstrip(".")
