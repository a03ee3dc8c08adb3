"""SIIM-ACR Pneumothorax: run-length masks, of which the boxes are read; images of NIH."""

from pathlib import Path

import numpy as np
import pandas as pd

from datasets.files import by_name, find_images
from datasets.images import BOX_COLUMNS, NOBODY_KNOWN, Images, unknown_meta
from datasets.options import Reading
from datasets.overlap import NIH_IMAGES
from datasets.readers.dicom import with_headers
from datasets.tables import first_table, need_column, read_table, tables_in
from errors import BadTable

__all__ = ["Siim"]

LABEL = "Pneumothorax"
TABLES = ("train-rle.csv*", "stage_2_train.csv*")
# Masks have this number of pixels on each side, whatever the size of a saved image.
FRAME = 1024
NO_MASK = ("-1", "")


class Siim:
    """Reads a folder with `train-rle.csv` and `dicom-images-train/**/*.dcm`."""

    @staticmethod
    def recognises(root: Path) -> bool:
        """Whether there is a table of masks."""
        tables = tables_in(root, *TABLES)
        return any("EncodedPixels" in read_table(table, nrows=0).columns for table in tables)

    @staticmethod
    def load(root: Path, options: Reading) -> Images:
        """The images of the table, one row for each; an image with a mask has a pneumothorax."""
        table = first_table(root, TABLES, "SIIM-ACR Pneumothorax", "train-rle.csv")
        frame = read_table(table)
        names = frame[need_column(frame, table, "ImageId")]
        masks = frame[need_column(frame, table, "EncodedPixels")]
        boxes = boxes_of(names, masks, table)
        ids = names.drop_duplicates().to_numpy(object)
        images = Images(
            source=root.resolve().name,
            format="siim",
            ids=ids,
            paths=np.full(len(ids), "", object),
            patients=ids,
            labels=np.isin(ids, boxes["id"].to_numpy(object))[:, None].astype(np.float32),
            label_names=(LABEL,),
            meta=unknown_meta(len(ids)),
            patients_from=NOBODY_KNOWN,
            boxes=boxes,
            notes=(NIH_IMAGES, *_notes(frame, names, boxes)),
        )
        if not options.images:
            return images
        files = find_images(root)
        # The headers name another patient for each image, though NIH's patients have several.
        return with_headers(images.with_images(by_name(ids, files), files), patients=False)[0]


def _notes(frame: pd.DataFrame, names: pd.Series, boxes: pd.DataFrame) -> list[str]:
    repeated = int(frame.duplicated().sum())
    return [
        f"{len(frame):,} rows of {names.nunique():,} images; {len(boxes):,} masks became boxes",
        *[f"{repeated:,} rows repeat another one and were left out"] * bool(repeated),
    ]


def boxes_of(names: pd.Series, masks: pd.Series, table: Path) -> pd.DataFrame:
    """A box in fractions around each mask; rows that repeat another one count once."""
    rows = pd.DataFrame({"id": names, "mask": masks}).drop_duplicates()
    rows = rows[~rows["mask"].isin(NO_MASK)]
    sides = [
        (name, LABEL, *(np.array(_around(mask, name, table)) / FRAME))
        for name, mask in zip(rows["id"], rows["mask"], strict=True)
    ]
    return pd.DataFrame(sides, columns=list(BOX_COLUMNS))


def _around(mask: str, name: str, table: Path) -> tuple[int, int, int, int]:
    """Left, top, width and height of a mask.

    It is pairs of numbers: pixels to skip since the last run, and pixels in the next run, going
    down one column after the other.
    """
    try:
        skipped, lengths = np.array(mask.split(), np.int64).reshape(-1, 2).T
    except ValueError:
        skipped, lengths = np.full((2, 1), -1)
    ends = np.cumsum(skipped + lengths)
    if min(skipped.min(), lengths.min() - 1) < 0 or ends[-1] > FRAME**2:
        raise BadTable(
            f"EncodedPixels must be pairs of numbers within {FRAME} × {FRAME} pixels; those of"
            f" {name} in {table} are not. Download the table again."
        )
    starts, last = ends - lengths, ends - 1
    left, right = starts[0] // FRAME, last[-1] // FRAME
    # A run that goes on in the next column reaches from the bottom to the top.
    wraps = (starts // FRAME != last // FRAME).any()
    top, bottom = (0, FRAME - 1) if wraps else ((starts % FRAME).min(), (last % FRAME).max())
    return int(left), int(top), int(right - left + 1), int(bottom - top + 1)
