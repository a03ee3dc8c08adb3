"""CheXpert: train.csv and valid.csv, with policies for uncertain (-1) and blank labels."""

import os
import re
from pathlib import Path

import numpy as np
import pandas as pd

from datasets import chexpert_labels
from datasets.files import portable
from datasets.images import TEST, TRAIN, VALIDATION, Images, Split
from datasets.labels import read_meta
from datasets.options import Reading
from datasets.tables import need_column, read_table
from errors import BadTable, DatasetNotFound

__all__ = ["Chexpert"]

PREFIX = re.compile(r"^CheXpert-v1\.0[^/]*/")
PATIENT = re.compile(r"patient\d+")
TABLES = ("train.csv", "valid.csv", "test.csv")


class Chexpert:
    """Reads a folder with CheXpert's train.csv or valid.csv in it or in a folder below."""

    @staticmethod
    def recognises(root: Path) -> bool:
        """Whether there is a table with CheXpert's column Path."""
        return any("Path" in read_table(table, nrows=0).columns for table in _tables(root)[:1])

    @staticmethod
    def load(root: Path, options: Reading) -> Images:
        """All images of the tables; blank labels become 0 by default, as in the original paper."""
        tables = _tables(root)
        if not tables:
            raise DatasetNotFound(
                f"CheXpert needs train.csv or valid.csv in {root}; there is neither."
                " Name the folder that holds them, or choose another --format."
            )
        frame = pd.concat([_read(table) for table in tables], ignore_index=True)
        ids = frame["Path"].map(portable).str.replace(PREFIX, "", regex=True).to_numpy(object)
        labelled = chexpert_labels.read(frame, tables[0], options)
        images = Images(
            source=root.resolve().name,
            format="chexpert",
            ids=ids,
            paths=np.full(len(ids), "", object),
            patients=_patients(ids),
            studies=np.array([path.rpartition("/")[0] for path in ids], object),
            labels=labelled.labels,
            label_names=labelled.names,
            meta=_meta(frame),
            split=_split(frame["table"], tables),
            notes=labelled.notes,
        )
        return images.with_images(_files(tables[0].parent, ids)) if options.images else images


def _tables(root: Path) -> list[Path]:
    for folder in (root, *sorted(root.glob("CheXpert-v1.0*"))):
        tables = [folder / name for name in TABLES if (folder / name).is_file()]
        if tables:
            return tables
    return []


def _read(table: Path) -> pd.DataFrame:
    frame = read_table(table)
    return frame.rename(columns={need_column(frame, table, "Path"): "Path"}).assign(
        table=table.name
    )


def _patients(ids: np.ndarray) -> np.ndarray:
    patients = [PATIENT.findall(path) for path in ids]
    if not all(patients):
        raise BadTable(
            f"CheXpert paths must name a patient, as in train/patient00001/study1/a.jpg;"
            f" got {ids[patients.index([])]!r}. Correct the column Path."
        )
    return np.array([names[0] for names in patients], object)


def _meta(frame: pd.DataFrame) -> pd.DataFrame:
    """Age, sex and view; the view is `AP/PA` for frontal images."""
    position = frame.get("AP/PA", pd.Series("", index=frame.index)).replace("", "FRONTAL")
    lateral = frame.get("Frontal/Lateral", pd.Series("", index=frame.index)) == "Lateral"
    return read_meta(frame.assign(view=position.mask(lateral, "LATERAL")))


def _split(origin: pd.Series, tables: list[Path]) -> Split | None:
    """The split by table: without test.csv, valid.csv is the test set, as usual."""
    names = [table.name for table in tables]
    if len(names) == 1:
        return None
    set_of = {"train.csv": TRAIN, "valid.csv": VALIDATION, names[-1]: TEST}
    return Split(f"CheXpert's, tested on {names[-1]}", origin.map(set_of).to_numpy(object))


def _files(folder: Path, ids: np.ndarray) -> dict[str, Path]:
    # Unlike Path.is_file, os.path.isfile returns False for names that no file can have.
    return {name: folder / name for name in ids if os.path.isfile(folder / name)}
