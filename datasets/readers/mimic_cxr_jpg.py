"""MIMIC-CXR-JPG: metadata of each image, labels of each study, and the official split."""

import os
from pathlib import Path

import numpy as np
import pandas as pd

import checks
from datasets import chexpert_labels
from datasets.chexpert_labels import LABELS
from datasets.files import by_name, find_images
from datasets.images import TEST, Images, Split
from datasets.labels import Labelled, read_meta
from datasets.options import Reading
from datasets.splits import from_column
from datasets.tables import read_table
from errors import BadTable, DatasetNotFound

__all__ = ["MimicCxrJpg"]

METADATA = "mimic-cxr-*-metadata.csv*"
SPLITS = "mimic-cxr-*-split.csv*"
BY_HAND = "test-set"
# The tables of labels by the value of --labels-from.
LABELS_FROM = {
    "chexpert": "mimic-cxr-*-chexpert.csv*",
    "negbio": "mimic-cxr-*-negbio.csv*",
    BY_HAND: "mimic-cxr-*-test-set-labeled.csv*",
}
KEYS = "dicom_id", "subject_id", "study_id", "ViewPosition"
CODED = "ViewCodeSequence_CodeMeaning"
# What the code of a view says where its position is blank.
CODED_VIEWS = {"postero-anterior": "PA", "antero-posterior": "AP"} | dict.fromkeys(
    ("lateral", "left lateral", "right lateral"), "LATERAL"
)
# The name that the radiologist's table has for Lung Opacity.
OTHER_NAMES = {"Airspace Opacity": "Lung Opacity"}
ENDINGS = (".jpg", ".png", ".dcm")


class MimicCxrJpg:
    """Reads a folder with MIMIC-CXR-JPG's tables, and images in `files/` or below."""

    @staticmethod
    def recognises(root: Path) -> bool:
        """Whether the table of metadata is there."""
        return any(root.glob(METADATA))

    @staticmethod
    def load(root: Path, options: Reading) -> Images:
        """All images of the metadata; those of a study share its labels."""
        checks.one_of("--labels-from", options.labels_from, LABELS_FROM)
        table = _only(root, METADATA)
        frame = _images(table)
        split = _split(root, frame["dicom_id"])
        labelled = _labels(root, frame["study_id"], split, options)
        view, notes = _views(frame)
        images = Images(
            source=root.resolve().name,
            format="mimic_cxr_jpg",
            ids=frame["dicom_id"].to_numpy(object),
            paths=np.full(len(frame), "", object),
            patients=frame["subject_id"].to_numpy(object),
            studies=frame["study_id"].to_numpy(object),
            labels=labelled.labels,
            label_names=labelled.names,
            meta=read_meta(frame.assign(view=view)),
            split=split,
            notes=(*labelled.notes, *notes),
        )
        return images.with_images(_files(root, frame)) if options.images else images


def _only(root: Path, pattern: str) -> Path:
    """The table with this name, the latest release if there are several."""
    tables = sorted(root.glob(pattern))
    if not tables:
        raise DatasetNotFound(
            f"MIMIC-CXR-JPG needs a table {pattern} in {root}; there is none. Copy it there from"
            " PhysioNet, or choose another --format or --labels-from."
        )
    return tables[-1]


def _read(table: Path, *needed: str, also: tuple[str, ...] = ()) -> pd.DataFrame:
    """The columns of a table that are needed, and others where it has them."""
    wanted = {*needed, *also}
    frame = read_table(table, usecols=lambda name: name.strip() in wanted)
    if missing := [name for name in needed if name not in frame]:
        raise BadTable(
            f"{table} must have the columns {', '.join(needed)}; it lacks {', '.join(missing)}."
            " Copy it again from PhysioNet."
        )
    return frame


def _images(table: Path) -> pd.DataFrame:
    frame = _read(table, *KEYS, also=(CODED,))
    blank = frame.index[(frame[list(KEYS[:3])] == "").any(axis=1)]
    if len(blank):
        raise BadTable(
            f"Every image must have {', '.join(KEYS[:3])}; row {blank[0] + 2} of {table} does not."
            " Copy the table again from PhysioNet."
        )
    return frame


def _split(root: Path, ids: pd.Series) -> Split | None:
    """The official split, "" for images that its table does not name; None without a table."""
    if not any(root.glob(SPLITS)):
        return None
    table = _read(_only(root, SPLITS), "dicom_id", "split").drop_duplicates("dicom_id")
    sets = ids.map(table.set_index("dicom_id")["split"]).fillna("")
    return Split("MIMIC-CXR's", from_column(sets, "split").sets)


def _labels(root: Path, studies: pd.Series, split: Split | None, options: Reading) -> Labelled:
    """The labels of each image's study; in the test set those by a radiologist, if asked for."""
    if options.labels_from != BY_HAND:
        return _from(options.labels_from, root, studies, options)[0]
    by_hand, read = _from(BY_HAND, root, studies, options)
    automatic, _ = _from("chexpert", root, studies, options)
    names = tuple(name for name in automatic.names if name in by_hand.names)
    tested = read | (split.sets == TEST) if split else np.ones(len(read), bool)
    labels = np.where(tested[:, None], _columns(by_hand, names), _columns(automatic, names))
    note = (
        f"labels of {read.sum():,} images are by a radiologist; {(tested & ~read).sum():,} other"
        f" test images count as not reported, and the {(~tested).sum():,} images outside the test"
        " set have the labels of chexpert"
    )
    return Labelled(labels, names, (note, *by_hand.notes, *automatic.notes))


def _columns(labelled: Labelled, names: tuple[str, ...]) -> np.ndarray:
    return labelled.labels[:, [labelled.names.index(name) for name in names]]


def _from(
    kind: str, root: Path, studies: pd.Series, options: Reading
) -> tuple[Labelled, np.ndarray]:
    """The labels of each image by one kind of table, and whether its study is in the table (n,)."""
    table = _only(root, LABELS_FROM[kind])
    frame = _read(table, "study_id", also=(*LABELS, *OTHER_NAMES)).rename(columns=OTHER_NAMES)
    frame = frame.drop_duplicates("study_id")
    labelled = chexpert_labels.read(frame, table, options)
    rows = pd.Index(frame["study_id"]).get_indexer(pd.Index(studies))
    labels = np.where((rows < 0)[:, None], np.float32(np.nan), labelled.labels[rows])
    notes = [f"{kind} labels, counted in studies: {note}" for note in labelled.notes]
    without = studies[rows < 0].nunique()
    if without and kind != BY_HAND:
        notes.append(
            f"{without:,} studies are not in {table.name}; their {(rows < 0).sum():,} images count"
            " as not reported"
        )
    return Labelled(labels, labelled.names, tuple(notes)), rows >= 0


def _views(frame: pd.DataFrame) -> tuple[pd.Series, tuple[str, ...]]:
    """The view of each image, by its code where its position is blank, and a note on blank ones."""
    view, blank = frame["ViewPosition"], frame["ViewPosition"] == ""
    coded = frame[CODED].str.lower().map(CODED_VIEWS) if CODED in frame else view
    view = view.mask(blank, coded).fillna("")
    if not blank.any():
        return view, ()
    unknown = (view == "").sum()
    return view, (
        f"{blank.sum():,} images have no ViewPosition; their coded view is known for"
        f" {blank.sum() - unknown:,}, and {unknown:,} stay unknown",
    )


def _files(root: Path, frame: pd.DataFrame) -> dict[str, Path]:
    """The file of each image at its usual place, else wherever a file has its name."""
    usual = _usual_files(root / "files" if (root / "files").is_dir() else root, frame)
    return usual or by_name(frame["dicom_id"], find_images(root))


def _usual_files(folder: Path, frame: pd.DataFrame) -> dict[str, Path]:
    there = {}
    for name, patient, study in zip(*(frame[key] for key in KEYS[:3]), strict=True):
        # Joining text is much faster than joining paths.
        stem = f"{folder}/p{patient[:2]}/p{patient}/s{study}/{name}"
        paths = (stem + ending for ending in ENDINGS)
        if found := next(filter(os.path.isfile, paths), None):
            there[name] = Path(found)
    return there
