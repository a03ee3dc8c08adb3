"""Which table of a folder holds its images' labels, and why another does not."""

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
from errors import DatasetNotFound, HybridError, InvalidOption

SHEETS = (".xlsx", ".xls", ".xlsm", ".ods", ".numbers")
TEXTS = tuple(kind + packed for kind in (".csv", ".tsv") for packed in ("", ".gz", ".zip"))
SENTENCE_END = re.compile(r"\.\s+[A-Z]")
LONGEST_REASON = 300
# Of the images in several folders, for a table to be believed rather than the folders' names.
NEARLY_ALL = 0.9


class Fit(NamedTuple):
    """A table, the label names and number of images that it fits; or the reason why it does not."""

    path: Path
    labels: tuple[str, ...] = ()
    images: int = 0
    reason: str = ""


def named(root: Path, options: Reading) -> Path | None:
    """The file that `--label-table` names, from here or from the data set's folder."""
    asked = options.label_table
    if asked is None:
        return None
    path = next((path for path in (Path(asked), root / asked) if path.is_file()), Path(asked))
    if path.name.lower().endswith(SHEETS):
        raise InvalidOption(
            f"--label-table must be a CSV or TSV file; {path} is a spreadsheet. Open it, save it as"
            " CSV, and name that file."
        )
    return path


def table_of(root: Path, options: Reading, images: list[Path], usual: str = "") -> Path:
    """The label table of a folder: the one asked for, the usual, or the only one that fits."""
    asked = named(root, options)
    if asked or (usual and (root / usual).is_file()):
        return asked or root / usual
    texts = [path for path in tables(root) if path.name.lower().endswith(TEXTS)]
    return texts[0] if len(texts) == 1 else only(root, fits_of(root, options, images))


def chosen(root: Path, table: Path, usual: str = "") -> tuple[str, ...]:
    """A note on which table was read, if it is not the usual one or there are others."""
    others = [path.name for path in tables(root) if path.name != table.name]
    rest = f"; not read: {', '.join(others)}" if others else ""
    return (f"label table: {table.name}{rest}",) * (bool(others) or table.name != usual)


def before_folders(root: Path, options: Reading) -> bool:
    """Whether labels are in a table of the folder rather than in the names of its folders.

    Where neither holds them the table that is not read is named.
    """
    images = find_images(root)
    fits = fits_of(root, options, images)
    classes = {path.parent.name for path in images if path.parent != root}
    if not fits or (tell_classes(classes) and not _whole(fits, classes, len(images))):
        return False
    only(root, fits)
    return True


def tell_classes(names: Collection[str]) -> bool:
    """Whether names of folders can be classes: several, and not those of a split's parts."""
    return len(names) > 1 and not {name.lower() for name in names} <= {*SETS, *SET_NAMES}


def notes(root: Path, options: Reading, images: list[Path]) -> tuple[str, ...]:
    """What is said of tables where the names of folders are the classes."""
    fits = fits_of(root, options, images)
    fitting = [fit.path.name for fit in fits if not fit.reason]
    instead = [
        f"classes are the names of folders; pass --label-table {name} to read {name} instead"
        for name in fitting
    ]
    return (*instead, *filter(None, [unread(fits)]))


def only(root: Path, fits: list[Fit]) -> Path:
    """The one table that fits; none or several raise with names and reasons."""
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
    """Tables that are not read, each with the reason."""
    return "; ".join(f"{fit.path.name} is not read ({fit.reason})" for fit in fits if fit.reason)


def tables(root: Path) -> list[Path]:
    """Tables and spreadsheets that lie in the folder itself."""
    files = (path for path in root.iterdir() if path.name.lower().endswith((*TEXTS, *SHEETS)))
    return sorted(path for path in files if path.is_file() and path.name[0] not in ".~")


def fits_of(root: Path, options: Reading, images: list[Path]) -> list[Fit]:
    """What each table of the folder holds of these images."""
    return [fit_of(root, path, options, images) for path in tables(root)]


def fit_of(root: Path, path: Path, options: Reading, images: list[Path]) -> Fit:
    """Whether a table holds labels of these images."""
    if path.name.lower().endswith(SHEETS):
        return Fit(path, reason="a spreadsheet: save it as CSV")
    try:
        # What a policy makes of open labels does not matter here.
        labelled = images_of_table(path, "any", replace(options, uncertain="ignore", blank="auto"))
        found = by_name(labelled.ids, images) if options.images else dict.fromkeys(labelled.ids)
    except HybridError as error:
        return Fit(path, reason=_short(str(error), path))
    if not found:
        return Fit(path, reason=no_image(root, labelled.ids.tolist(), images))
    return Fit(path, labelled.label_names, len(found))


def _whole(fits: list[Fit], classes: Collection[str], n_images: int) -> bool:
    """Whether one table holds labels of nearly all images, none of them the name of a folder."""
    fitting = [fit for fit in fits if not fit.reason]
    if len(fitting) != 1 or fitting[0].images < NEARLY_ALL * n_images:
        return False
    return not set(map(spelling, fitting[0].labels)) & set(map(spelling, classes))


def no_image(root: Path, ids: Sequence[str], images: list[Path]) -> str:
    """That no id has an image, with the first id and what lies there instead."""
    if not ids:
        return "it has no rows"
    there = f"an image here is {images[0].name!r}" if images else "there are no images here"
    return f"none of its images is here, such as {str(ids[0])!r}; {near_miss(root, ids) or there}"


def _short(reason: str, path: Path) -> str:
    """What an error says is wrong, without what to do about it."""
    return SENTENCE_END.split(reason.replace(str(path), path.name))[0][:LONGEST_REASON].rstrip(".")
