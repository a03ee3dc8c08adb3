"""NIH ChestX-ray14: the label table of either edition, split lists, boxes and images."""

from pathlib import Path

import numpy as np
import pandas as pd

from datasets import expert_labels, splits
from datasets.files import by_name, find_images
from datasets.images import BOX_COLUMNS, SIDES, Images, Split
from datasets.labels import NO_FINDING, from_joined, read_meta
from datasets.options import Reading
from datasets.tables import need_column, read_table
from errors import DatasetNotFound

__all__ = ["Nih"]

# CheXNet's order, as in ChestMNIST and the published score files.
LABELS = (
    *("Atelectasis", "Cardiomegaly", "Effusion", "Infiltration", "Mass", "Nodule", "Pneumonia"),
    *("Pneumothorax", "Consolidation", "Edema", "Emphysema", "Fibrosis", "Pleural_Thickening"),
    *("Hernia", NO_FINDING),
)
TABLES = "Data_Entry_2017*.csv*"
BOXES = "BBox_List_2017.csv*"
# Boxes are in pixels of 1024 x 1024 images, and use other names for some findings.
BOX_FRAME = 1024
BOX_NAMES = {"Infiltrate": "Infiltration"}
# Published splits by the digest of their test list.
KNOWN_LISTS = {"38ca5ef7f7560929": "NIH official", "a20c79828a7825d1": "CheXNet random"}
OLDEST_IN_2020 = 100


class Nih:
    """Reads a folder with `Data_Entry_2017*.csv`."""

    @staticmethod
    def recognises(root: Path) -> bool:
        """Whether the label table is there."""
        return any(root.glob(TABLES))

    @staticmethod
    def load(root: Path, options: Reading) -> Images:
        """All images of the label table; those without an image file are listed as skipped."""
        table = _label_table(root)
        frame = read_table(table)
        ids = frame[need_column(frame, table, "Image Index")].to_numpy(object)
        labels, names = from_joined(frame[need_column(frame, table, "Finding Labels")], LABELS)
        meta = read_meta(frame)
        images = Images(
            source=root.resolve().name,
            format="nih",
            ids=ids,
            paths=np.full(len(ids), "", object),
            patients=frame[need_column(frame, table, "Patient ID")].to_numpy(object),
            labels=labels,
            label_names=names,
            meta=meta,
            boxes=_boxes(root, ids),
            split=_split(root, ids),
            notes=(f"label table: {table.name}, {_edition(frame, table)}",),
        )
        images = expert_labels.applied(images, options)
        if not options.images:
            return images
        files = find_images(root)
        return images.with_images(by_name(ids, files), files)


def _label_table(root: Path) -> Path:
    tables = sorted(root.glob(TABLES), key=lambda path: ("2020" not in path.name, path.name))
    if not tables:
        raise DatasetNotFound(
            f"NIH ChestX-ray14 needs Data_Entry_2017.csv or Data_Entry_2017_v2020.csv in {root};"
            " there is neither. Copy the label table there, or choose another --format."
        )
    return tables[0]


def _edition(frame: pd.DataFrame, table: Path) -> str:
    """The edition by the content of the table, whatever its name."""
    ages = frame[need_column(frame, table, "Patient Age")]
    trailing = any(name.startswith("Unnamed") for name in frame.columns)
    years = pd.to_numeric(ages.str.rstrip("YMDymd"), errors="coerce")
    old = trailing or ages.str.endswith(("Y", "M", "D")).any() or (years > OLDEST_IN_2020).any()
    return "2017 edition" if old or "2020" not in table.name else "2020 edition"


def _split(root: Path, ids: np.ndarray) -> Split | None:
    for folder in (root, root / "labels"):
        if (folder / "test_list.txt").is_file():
            return splits.from_lists(ids, folder, KNOWN_LISTS)
    return None


def _boxes(root: Path, ids: np.ndarray) -> pd.DataFrame:
    """Boxes of these images as fractions; the header, nine names for six columns, is replaced."""
    files = sorted(root.glob(BOXES))
    if not files:
        return pd.DataFrame(columns=list(BOX_COLUMNS))
    frame = read_table(files[0], header=None, skiprows=1, usecols=range(6), names=[*BOX_COLUMNS])
    frame["label"] = frame["label"].replace(BOX_NAMES)
    frame[SIDES] = frame[SIDES].apply(pd.to_numeric, errors="coerce") / BOX_FRAME
    return frame[frame["id"].map(set(ids).__contains__)].reset_index(drop=True)
