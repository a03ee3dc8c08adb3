"""VinDr-CXR: findings that three radiologists each marked with boxes, from PhysioNet or Kaggle."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

import checks
from datasets import reader_votes
from datasets.files import by_name, find_images
from datasets.image_files import PLAIN, SIZE
from datasets.images import (
    BOX_COLUMNS,
    NOBODY_KNOWN,
    SIDES,
    TEST,
    TRAIN,
    Images,
    Split,
    unknown_meta,
)
from datasets.labels import NO_FINDING
from datasets.options import Reading
from datasets.reader_votes import VOTES, Marks
from datasets.readers.dicom import with_headers
from datasets.tables import need_column, read_table
from errors import BadTable, DatasetNotFound

__all__ = ["Vindr"]

KAGGLE = "train.csv*"
PHYSIONET = ("image_labels_train.csv*", "image_labels_test.csv*")
BOXES = {"train": "annotations_train.csv*", "test": "annotations_test.csv*"}
# Sizes in pixels of the images from which others have made smaller ones: height, then width.
SIZES, HEIGHT, WIDTH = "train_meta.csv*", "dim0", "dim1"
IMAGE, READER, CLASS = "image_id", "rad_id", "class_name"
CORNERS = ["x_min", "y_min", "x_max", "y_max"]
NO_CORNERS = pd.DataFrame(columns=["id", "label", *CORNERS])
# The training table has Other diseases, the test table Other disease.
OTHER = "Other disease"


class Vindr:
    """Reads `train.csv` of Kaggle, or `annotations/image_labels_*.csv` of PhysioNet."""

    @staticmethod
    def recognises(root: Path) -> bool:
        """Whether there are tables of either form."""
        kaggle = sorted(root.glob(KAGGLE))[:1]
        columns = [set(read_table(table, nrows=0).columns) for table in kaggle]
        return any({IMAGE, CLASS, READER} <= each for each in columns) or bool(_physionet(root))

    @staticmethod
    def load(root: Path, options: Reading) -> Images:
        """All images of the tables; `--votes` decides from how many readers a finding counts."""
        checks.one_of("--votes", options.votes, VOTES)
        tables = _physionet(root)
        parts = {name: _physionet_marks(table) for name, table in tables.items()}
        parts = parts or {"": _kaggle_marks(_kaggle(root))}
        marks = reader_votes.joined(list(parts.values()))
        ids, labels = marks.ids, reader_votes.voted(marks, options.votes)
        of = [np.full(len(each.ids), name, object) for name, each in parts.items()]
        images = Images(
            source=root.resolve().name,
            format="vindr",
            ids=ids,
            paths=np.full(len(ids), "", object),
            patients=ids,
            labels=labels,
            label_names=marks.names,
            meta=unknown_meta(len(ids)),
            patients_from=NOBODY_KNOWN,
            split=_split(np.concatenate(of)),
            notes=reader_votes.counts(marks, options.votes),
        )
        headers = pd.DataFrame("", index=range(len(ids)), columns=[*SIZE])
        if options.images:
            files = find_images(root)
            images, headers = with_headers(images.with_images(by_name(ids, files), files))
        return _with_boxes(images, marks.boxes, _sizes(root, images, headers))


def _physionet(root: Path) -> dict[str, Path]:
    """The tables of labels by set."""
    found = {}
    for folder in (root, root / "annotations"):
        for name, pattern in zip(BOXES, PHYSIONET, strict=True):
            if tables := sorted(folder.glob(pattern)):
                found[name] = tables[0]
    return found


def _kaggle(root: Path) -> Path:
    tables = sorted(root.glob(KAGGLE))
    if not tables:
        raise DatasetNotFound(
            f"VinDr-CXR needs train.csv or annotations/image_labels_train.csv in {root}; there is"
            " neither. Copy the tables there, or choose another --format."
        )
    return tables[0]


def _kaggle_marks(table: Path) -> Marks:
    """Marks of a table with a row for each box, or for `No finding`, of each reader."""
    frame = _checked(read_table(table), table, IMAGE, CLASS, READER)
    frame[CLASS] = frame[CLASS].replace("No finding", NO_FINDING)
    ids = frame[IMAGE].drop_duplicates().to_numpy(object)
    names = (*sorted(set(frame[CLASS]) - {NO_FINDING}), NO_FINDING)
    readers = frame.groupby(IMAGE)[READER].nunique().loc[ids].to_numpy()
    votes = frame.groupby([IMAGE, CLASS])[READER].nunique().unstack(fill_value=0)
    votes = votes.reindex(index=ids, columns=names, fill_value=0).to_numpy()
    return Marks(ids, names, readers, votes, _corners(frame, table))


def _physionet_marks(table: Path) -> Marks:
    """Marks of a table with a row for each image and reader, or for a consensus of readers."""
    frame = _checked(read_table(table), table, IMAGE)
    findings = [name for name in frame if name not in (IMAGE, READER)]
    numbers = frame[findings].apply(pd.to_numeric, errors="coerce")
    if not findings or not numbers.isin((0, 1)).all(axis=None):
        raise BadTable(f"Labels in {table} must be 0 or 1; they are not. Download it again.")
    grouped = numbers.groupby(frame[IMAGE], sort=False)
    ids = frame[IMAGE].drop_duplicates().to_numpy(object)
    set_name = next(name for name in BOXES if f"_{name}." in table.name)
    boxes = sorted(table.parent.glob(BOXES[set_name]))
    corners = _corners(read_table(boxes[0]), boxes[0]) if boxes else NO_CORNERS
    names = tuple(_same_name(name) for name in findings)
    return Marks(ids, names, grouped.size().to_numpy(), grouped.sum().to_numpy(), corners)


def _same_name(finding: str) -> str:
    if finding.lower() == NO_FINDING.lower():
        return NO_FINDING
    return OTHER if finding.lower().startswith(OTHER.lower()) else finding


def _checked(frame: pd.DataFrame, table: Path, *names: str) -> pd.DataFrame:
    """The table, if it has these columns; they get these names whatever their case."""
    return frame.rename(columns={need_column(frame, table, name): name for name in names})


def _corners(frame: pd.DataFrame, table: Path) -> pd.DataFrame:
    """The boxes of a table as id, label and corners in pixels."""
    frame = _checked(frame, table, IMAGE, CLASS, *CORNERS)
    corners = frame[CORNERS].apply(pd.to_numeric, errors="coerce")
    named = frame[[IMAGE, CLASS]].set_axis(["id", "label"], axis=1)
    return named.join(corners).dropna().reset_index(drop=True)


def _split(names: np.ndarray) -> Split | None:
    if set(names) != set(BOXES):
        return None
    return Split("VinDr-CXR's", np.where(names == "test", TEST, TRAIN).astype(object))


def _with_boxes(images: Images, boxes: pd.DataFrame, sizes: pd.DataFrame) -> Images:
    """The images with the boxes of their findings in fractions of their sizes (n, 2)."""
    rows = pd.Index(images.ids).get_indexer(boxes["id"])
    labels = pd.Index(images.label_names).get_indexer(boxes["label"].map(_same_name))
    # Of findings that the vote rejected, and of images that are left out, no box is kept.
    kept = (rows >= 0) & (labels >= 0) & (images.labels[rows, labels] == 1)
    left, top, right, bottom = boxes[CORNERS].to_numpy(float).T
    width, height = sizes.to_numpy(float)[rows].T
    inside = (right <= width + 1) & (bottom <= height + 1)
    fractions = np.column_stack(
        [left / width, top / height, (right - left) / width, (bottom - top) / height]
    )
    made = (
        boxes[["id", "label"]]
        .assign(label=boxes["label"].map(_same_name))
        .join(pd.DataFrame(fractions, columns=SIDES))
    )
    notes = [
        f"{count:,} boxes left out: {why}"
        for count, why in (
            ((~kept & (rows >= 0)).sum(), "the vote did not confirm their finding"),
            ((kept & ~inside).sum(), "they do not fit their image, or its size is not known"),
        )
        if count
    ]
    good = made[kept & inside][list(BOX_COLUMNS)].reset_index(drop=True)
    return replace(images, boxes=good, notes=(*images.notes, *notes))


def _sizes(root: Path, images: Images, headers: pd.DataFrame) -> pd.DataFrame:
    """Width and height (n, 2) of the images in which boxes were drawn; NaN where not known."""
    tables = sorted(root.glob(SIZES))
    if tables:
        frame = _checked(read_table(tables[0]), tables[0], IMAGE, WIDTH, HEIGHT)
        frame = frame.drop_duplicates(IMAGE).set_index(IMAGE)
        return frame[[WIDTH, HEIGHT]].reindex(images.ids).apply(pd.to_numeric, errors="coerce")
    sizes = headers[[*SIZE]].apply(pd.to_numeric, errors="coerce")
    plain = [row for row, path in enumerate(images.paths) if path.lower().endswith(PLAIN)]
    for row in plain:
        sizes.iloc[row] = _size_of(images.paths[row])
    return sizes


def _size_of(path: str) -> tuple[float, float]:
    try:
        with Image.open(path) as image:
            return float(image.width), float(image.height)
    except OSError:
        return np.nan, np.nan
