"""RSNA Pneumonia Detection Challenge: boxes of opacities, three classes, images of NIH."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

import storage
from datasets.files import by_name, find_images
from datasets.images import BOX_COLUMNS, LABEL_TABLE, NOBODY_KNOWN, SIDES, Images, unknown_meta
from datasets.labels import read_meta
from datasets.options import Reading
from datasets.overlap import NIH_IMAGES
from datasets.readers.dicom import with_headers
from datasets.tables import first_table, need_column, read_table, tables_in
from errors import BadTable

__all__ = ["Rsna"]

OPACITY, NORMAL, OTHER = "Lung Opacity", "Normal", "No Lung Opacity / Not Normal"
TABLES = ("stage_2_train_labels.csv*", "stage_1_train_labels.csv*")
CLASSES = "stage_2_detailed_class_info.csv*"
# Headers that another program has collected in a table, so that no DICOM need be opened.
COLLECTED = "*dicom_headers.csv*"
# By the challenge's organisers: the file name in NIH ChestX-ray14 of each image.
ORIGINS = "pneumonia-challenge-dataset-mappings_2018.json"
MAX_ORIGINS = 100_000_000
# All images have this number of pixels on each side.
FRAME = 1024


class Rsna:
    """Reads a folder with `stage_2_train_labels.csv` and `stage_2_train_images/*.dcm`."""

    @staticmethod
    def recognises(root: Path) -> bool:
        """Whether the label table is there."""
        return bool(tables_in(root, *TABLES))

    @staticmethod
    def load(root: Path, options: Reading) -> Images:
        """The images of the label table, one row for each; the classes too, if they are there."""
        table = first_table(root, TABLES, "The RSNA challenge", "stage_2_train_labels.csv")
        frame = read_table(table)
        names = frame[need_column(frame, table, "patientId")]
        ids = names.drop_duplicates().to_numpy(object)
        labels, label_names, notes = _labels(root, table, frame, ids)
        patients, patients_from = _patients(root, ids)
        if patients_from == NOBODY_KNOWN:
            notes.append(f"NIH's patients are known where {ORIGINS} lies next to the table")
        images = Images(
            source=root.resolve().name,
            format="rsna",
            ids=ids,
            paths=np.full(len(ids), "", object),
            patients=patients,
            labels=labels,
            label_names=label_names,
            meta=_collected(root, ids),
            patients_from=patients_from,
            boxes=_boxes(frame, names),
            notes=(NIH_IMAGES, f"{len(frame):,} rows of {len(ids):,} images", *notes),
        )
        if not options.images:
            return images
        files = find_images(root)
        images = images.with_images(by_name(ids, files), files)
        unknown = (images.meta["view"] == "").all()
        return with_headers(images, patients=False)[0] if unknown else images


def _labels(
    root: Path, table: Path, frame: pd.DataFrame, ids: np.ndarray
) -> tuple[np.ndarray, tuple[str, ...], list[str]]:
    """Labels (n, k): an opacity or not, and the other two classes if their table is there."""
    target = pd.to_numeric(frame[need_column(frame, table, "Target")], errors="coerce")
    if not target.isin((0, 1)).all():
        raise BadTable(f"Target in {table} must be 0 or 1; it is not. Download the table again.")
    opacity = (
        target.groupby(frame[need_column(frame, table, "patientId")], sort=False)
        .max()
        .loc[ids]
        .to_numpy(np.float32)
    )
    tables = sorted(root.glob(CLASSES))
    if not tables:
        note = f"there is no {CLASSES[:-1]}, so {NORMAL} and {OTHER} are not known"
        return opacity[:, None], (OPACITY,), [note]
    frame = read_table(tables[0])
    image, kind = (need_column(frame, tables[0], name) for name in ("patientId", "class"))
    classes = frame.drop_duplicates(image).set_index(image)[kind]
    known = classes.reindex(ids).to_numpy(object)
    others = [np.where(known == name, 1, 0) for name in (NORMAL, OTHER)]
    differing = int((opacity != (known == OPACITY)).sum())
    notes = [f"{differing:,} images have a Target that contradicts their class"] * bool(differing)
    labels = np.column_stack([opacity, *others]).astype(np.float32)
    labels[pd.isna(known), 1:] = np.nan
    return labels, (OPACITY, NORMAL, OTHER), notes


def _patients(root: Path, ids: np.ndarray) -> tuple[np.ndarray, str]:
    """NIH's patients if the organisers' list of origins is there: patientId names an image."""
    path = root / ORIGINS
    if not path.is_file():
        return ids, NOBODY_KNOWN
    try:
        origins = {
            str(each["subset_img_id"]): str(each["img_id"])
            for each in json.loads(storage.read_text(path, MAX_ORIGINS))
        }
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadTable(
            f"{path} must be a JSON list with subset_img_id and img_id; it is not. Download it"
            " again, or remove it."
        ) from error
    return np.array(
        [origins.get(name, name).partition("_")[0] for name in ids], object
    ), LABEL_TABLE


def _boxes(frame: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """A box in fractions for each row that has one."""
    sides = frame.reindex(columns=SIDES).apply(pd.to_numeric, errors="coerce") / FRAME
    boxes = pd.DataFrame({"id": names, "label": OPACITY}).join(sides)
    return boxes.dropna()[list(BOX_COLUMNS)].reset_index(drop=True)


def _collected(root: Path, ids: np.ndarray) -> pd.DataFrame:
    """Age, sex and view from a table of headers, if there is one."""
    tables = sorted(root.glob(COLLECTED))
    if not tables:
        return unknown_meta(len(ids))
    frame = read_table(tables[0])
    image = need_column(frame, tables[0], "PatientID")
    frame = frame.drop_duplicates(image).set_index(image)
    return read_meta(frame.reindex(ids).fillna("").reset_index(drop=True))
