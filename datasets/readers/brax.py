"""BRAX: one table of images with CheXpert's labels, and ages in bins of five years."""

import re
from pathlib import Path

import numpy as np
import pandas as pd

from datasets import chexpert_labels
from datasets.files import by_name, find_images, portable
from datasets.images import Images
from datasets.labels import read_meta
from datasets.options import Reading
from datasets.tables import find_column, need_column, read_table
from errors import DatasetNotFound

__all__ = ["Brax"]

TABLES = "master_spreadsheet*.csv*"
# Ages such as `60-65`, and the last bin, `85 or more`.
BIN = re.compile(r"(\d+)\s*(?:-|to)\s*(\d+)")
OPEN_BIN = re.compile(r"(\d+)\s*(?:or more|and over|\+)", re.IGNORECASE)
# The folder of a study, where the table has no accession number.
STUDY = re.compile(r"^(.*/Study_[^/]+)/")


class Brax:
    """Reads a folder with `master_spreadsheet_update.csv` and the images that it names."""

    @staticmethod
    def recognises(root: Path) -> bool:
        """Whether the label table is there."""
        return any(root.glob(TABLES))

    @staticmethod
    def load(root: Path, options: Reading) -> Images:
        """All images of the table; blank labels become 0 by default, as for CheXpert."""
        table = _table(root)
        frame = read_table(table)
        ids = frame[need_column(frame, table, "PngPath", "DicomPath")].map(portable)
        labelled = chexpert_labels.read(frame, table, options)
        ages, notes = _ages(frame)
        images = Images(
            source=root.resolve().name,
            format="brax",
            ids=ids.to_numpy(object),
            paths=np.full(len(ids), "", object),
            patients=frame[need_column(frame, table, "PatientID")].to_numpy(object),
            studies=_studies(frame, ids),
            labels=labelled.labels,
            label_names=labelled.names,
            meta=read_meta(frame.assign(age=ages)),
            notes=(f"label table: {table.name}", *labelled.notes, *notes),
        )
        if not options.images:
            return images
        files = find_images(root)
        return images.with_images(by_name(images.ids, files), files)


def _table(root: Path) -> Path:
    """The table of the latest release: the updated one, if both are there."""
    tables = sorted(root.glob(TABLES), key=lambda path: ("update" in path.name, path.name))
    if not tables:
        raise DatasetNotFound(
            f"BRAX needs master_spreadsheet_update.csv in {root}; it is not there. Copy it there"
            " from PhysioNet, or choose another --format."
        )
    return tables[-1]


def _ages(frame: pd.DataFrame) -> tuple[pd.Series, tuple[str, ...]]:
    """The middle of each bin of ages in years, as text, and a note that counts bins."""
    given = frame.get(find_column(frame, "PatientAge"), pd.Series("", index=frame.index))
    bins, open_bins = given.str.extract(BIN).astype(float), given.str.extract(OPEN_BIN)[0]
    middle = bins.mean(axis=1).where(bins.notna().all(axis=1))
    in_bins = middle.notna() | open_bins.notna()
    ages = middle.astype(object).where(middle.notna(), open_bins.where(open_bins.notna(), given))
    note = (
        f"ages of {in_bins.sum():,} images are bins of years: their middle is used, and"
        f" {open_bins.dropna().mode().iloc[0]} for the open bin"
        if open_bins.notna().any()
        else f"ages of {in_bins.sum():,} images are bins of years: their middle is used"
    )
    return ages.astype(str), (note,) * bool(in_bins.any())


def _studies(frame: pd.DataFrame, ids: pd.Series) -> np.ndarray:
    """The study of each image: its accession number, else the folder of the study."""
    column = find_column(frame, "AccessionNumber")
    by_folder = ids.str.extract(STUDY)[0].fillna(ids)
    if column is None:
        return by_folder.to_numpy(object)
    return frame[column].where(frame[column] != "", by_folder).to_numpy(object)
