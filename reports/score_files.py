"""Tables of probabilities: reading those of any program, writing our own."""

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

import storage
from datasets.label_names import hint
from datasets.label_tables import IMAGE
from datasets.tables import find_column, read_table
from errors import BadScores
from evaluation.scores import Scores
from progress import warn
from reports.prediction_columns import Beside, are_beside, as_text
from spreadsheets import cell, text_of

PREFIXES = ("", "prob_", "p_", "pred_")
# A table with these columns has a row for each image and label.
LONG = {"label", "probability"}
ROWS_AT_ONCE = 50_000
QUOTED = re.compile('[,"\r\n]')


def read(model: str, path: Path, label_names: Sequence[str], *, others: bool = False) -> Scores:
    """Scores of a CSV with an id column and one column for each label, named as in label_names.

    The columns that `write` puts beside the probabilities are left out. Other columns that are no
    label raise, or are left out if `others` are allowed. The long table of `predict`, with a row
    for each image and label, is read too.
    """
    frame = _table(path, label_names).rename(columns=text_of)
    ids = find_column(frame, *IMAGE) or frame.columns[0]
    if set(frame.columns) >= LONG:
        frame = _wide(frame, ids, path)
    probabilities = frame.drop(columns=ids)
    columns = _columns(probabilities, label_names)
    unknown = [name for name in probabilities.columns if name not in columns.values()]
    near = hint(
        map(_without_prefix, unknown), [name for name in label_names if name not in columns]
    )
    if not columns or (unknown and not others):
        raise BadScores(
            f"Every column of {path} except the ids must be a label of the label table:"
            f" {', '.join(label_names)}; got {', '.join(unknown) or 'no other column'}"
            f"{near or '.'} Rename or remove columns, or choose labels with --findings."
        )
    if near:
        warn(f"{path}: columns without a label are left out: {', '.join(unknown)}{near}")
    names = frame[ids].map(text_of).to_numpy(object)
    values = _numbers(probabilities[list(columns.values())], names, path)
    return Scores(model, names, values, tuple(columns))


def _table(path: Path, label_names: Sequence[str]) -> pd.DataFrame:
    """The table with its label columns as numbers; if any cell is not a number, all as text."""
    header = read_table(path, nrows=0)
    named = set(_columns(header.rename(columns=text_of), label_names).values())
    if set(header.columns) >= LONG:
        return read_table(path)
    beside = are_beside([*map(text_of, header.columns)]) - named
    # Without such columns all are read, so that a row longer than the header raises.
    kept = {"usecols": lambda name: text_of(name) not in beside} if beside else {}
    # A column whose name has blanks around it is not matched here, and stays text.
    kinds: dict[str, type] = defaultdict(lambda: str)
    kinds |= {name: float for name in header.columns if text_of(name) in named}
    try:
        frame = read_table(path, dtype=kinds, **kept)
    except ValueError:
        return read_table(path, **kept)
    return read_table(path, **kept) if frame.isna().any(axis=None) else frame


def _numbers(cells: pd.DataFrame, ids: np.ndarray, path: Path) -> np.ndarray:
    """The cells as numbers (n, k); the error names the image and column of one that is not."""
    values = cells.apply(pd.to_numeric, errors="coerce")
    lacking = np.argwhere(values.isna())
    if len(lacking):
        row, column = lacking[0]
        cell = cells.iat[row, column]
        shown = repr(cell) if isinstance(cell, str) and cell else "missing"
        raise BadScores(
            f"Every image of {path} must have a probability for each label; {len(lacking):,} are"
            f" not numbers, the first {cells.columns[column]} of {ids[row]}, which is {shown}. Fill"
            " them in, or leave these images out."
        )
    return values.to_numpy(float)


def write(scores: Scores, path: Path, beside: Beside | None = None) -> Path:
    """Write `id`, a column for each label, and what follows them, safe to open in a spreadsheet.

    Every number is the one that was evaluated, to the last digit. `read` reads the file.
    """
    added = beside.names(scores.label_names) if beside else []
    with storage.whole(path) as temporary, temporary.open("w", encoding="utf-8") as file:
        file.write(f"{_line(['id', *scores.label_names, *added])}\n")
        for first in range(0, len(scores.ids), ROWS_AT_ONCE):
            rows = slice(first, first + ROWS_AT_ONCE)
            ids = pa.array([_line([name]) for name in scores.ids[rows]], pa.string())
            # The fewest digits of a 32-bit number are not the number that is evaluated.
            probabilities = scores.probabilities[rows].astype(float)
            columns = [*map(as_text, probabilities.T)]
            columns += beside.columns(rows, probabilities) if beside else ()
            lines = pc.binary_join_element_wise(ids, *columns, ",")
            file.write("".join(f"{line}\n" for line in lines.to_pylist()))
    return path


def _line(cells: Sequence[object]) -> str:
    """Cells as one line of CSV, in quotes where needed."""
    texts = [str(cell(each)) for each in cells]
    return ",".join(
        '"' + text.replace('"', '""') + '"' if QUOTED.search(text) else text for text in texts
    )


def _wide(frame: pd.DataFrame, ids: str, path: Path) -> pd.DataFrame:
    """A table with a row for each image and label as one with a column for each label."""
    frame = frame.assign(label=frame["label"].map(text_of))
    if frame.duplicated([ids, "label"]).any():
        raise BadScores(
            f"Each image and label must have one probability; {path} gives some twice."
            " Remove the repeated rows."
        )
    if ids in set(frame["label"]):
        raise BadScores(
            f"No label may have the name of the id column; {path} has {ids!r}. Rename that column."
        )
    wide = frame.pivot(index=ids, columns="label", values="probability")
    return wide.rename_axis(columns=None).reset_index()


def _without_prefix(column: str) -> str:
    prefix = next((each for each in PREFIXES if each and column.lower().startswith(each)), "")
    return column[len(prefix) :]


def _columns(frame: pd.DataFrame, label_names: Sequence[str]) -> dict[str, str]:
    """Column of each label that has one: its own name, else any prefix, case and spacing."""
    columns = {
        label: label
        if label in frame.columns
        else find_column(frame, *(f"{prefix}{label}" for prefix in PREFIXES))
        for label in label_names
    }
    return {label: column for label, column in columns.items() if column}
