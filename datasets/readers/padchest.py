"""PadChest: one table of images, with the names of findings in a list that Python wrote."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from datasets import named_findings
from datasets.files import by_name, find_images
from datasets.images import Images
from datasets.labels import read_meta
from datasets.options import Reading
from datasets.tables import first_table, read_table, tables_in
from errors import BadTable

__all__ = ["Padchest"]

USUAL = "PADCHEST_chest_x_ray_images_labels_160K_01.02.19.csv"
TABLES = ("PADCHEST*.csv*", "chest_x_ray_images_labels*.csv*")
NEEDED = ("ImageID", "StudyID", "PatientID", "Projection", "Labels")
ALSO = ("StudyDate_DICOM", "PatientBirth", "PatientSex_DICOM", "MethodLabel")
# A list as Python writes it. It is matched, never evaluated: a cell may hold any code.
ITEM = r"(?:'[^']*'|\"[^\"]*\")"
LIST = re.compile(rf"\[\s*(?:{ITEM}\s*(?:,\s*{ITEM}\s*)*)?\]")
ITEMS = re.compile(ITEM)
NULL = ("", "nan", "none", "null")
# What PadChest's labels and projections call unfit for use.
UNFIT, UNFIT_VIEW = ("exclude", "suboptimal study"), "EXCLUDE"
# Says only that an earlier report still holds.
UNCHANGED = "unchanged"
UNKNOWN_VIEWS = ("UNK", UNFIT_VIEW)


class Padchest:
    """Reads a folder with PadChest's table, and images in its folders `0` to `54` or elsewhere."""

    @staticmethod
    def recognises(root: Path) -> bool:
        """Whether PadChest's table is there."""
        return bool(tables_in(root, *TABLES))

    @staticmethod
    def load(root: Path, options: Reading) -> Images:
        """All images of the table; those called unfit for use stay, and report no finding."""
        table = first_table(root, TABLES, "PadChest", USUAL)
        frame = _read(table)
        named = [names_of(text) for text in frame["Labels"]]
        fit = frame["Projection"] != UNFIT_VIEW
        said = [_said(names) if use else None for names, use in zip(named, fit, strict=True)]
        labelled = named_findings.labelled(said, "padchest", options.map)
        images = Images(
            source=root.resolve().name,
            format="padchest",
            ids=frame["ImageID"].to_numpy(object),
            paths=np.full(len(frame), "", object),
            patients=frame["PatientID"].to_numpy(object),
            studies=frame["StudyID"].to_numpy(object),
            labels=labelled.labels,
            label_names=labelled.names,
            meta=_meta(frame),
            notes=(f"label table: {table.name}", *labelled.notes, *_notes(frame, named)),
        )
        if not options.images:
            return images
        files = find_images(root)
        return images.with_images(by_name(images.ids, files), files)


def names_of(text: str) -> frozenset[str] | None:
    """The names in a list as Python writes it, stripped; None if it is no such list or empty."""
    if not LIST.fullmatch(text):
        return None
    return frozenset(filter(None, (item[1:-1].strip() for item in ITEMS.findall(text)))) or None


def _read(table: Path) -> pd.DataFrame:
    wanted = {*NEEDED, *ALSO}
    frame = read_table(table, usecols=lambda name: name.strip() in wanted)
    if missing := [name for name in NEEDED if name not in frame]:
        raise BadTable(
            f"PadChest's table must have the columns {', '.join(NEEDED)}; {table} lacks"
            f" {', '.join(missing)}. Copy it again, or choose --format ground_truth."
        )
    return frame


def _said(names: frozenset[str] | None) -> frozenset[str] | None:
    """The names of findings that a report states; None if it states none, or is unfit for use."""
    return None if names is None or names & {*UNFIT} else names - {UNCHANGED} or None


def _meta(frame: pd.DataFrame) -> pd.DataFrame:
    """Sex, view, and the years from birth to the study; PadChest has no dates of birth."""
    blank = pd.Series("", index=frame.index)
    study, birth = (
        pd.to_numeric(frame.get(name, blank).str[:4], errors="coerce")
        for name in ("StudyDate_DICOM", "PatientBirth")
    )
    view = frame["Projection"].where(~frame["Projection"].isin(UNKNOWN_VIEWS), "")
    ages = (study - birth).astype(str)
    known = {"age": ages, "sex": frame.get("PatientSex_DICOM", blank), "view": view}
    return read_meta(pd.DataFrame(known))


def _notes(frame: pd.DataFrame, named: list[frozenset[str] | None]) -> Iterator[str]:
    methods = frame.get("MethodLabel", pd.Series(dtype=str)).replace("", "unknown").value_counts()
    if len(methods):
        shown = (f"{name} {count:,}" for name, count in sorted(methods.items()))
        yield f"labels by method: {', '.join(shown)}"
    unfit = {name: sum(name in (names or ()) for names in named) for name in UNFIT}
    unfit["projection EXCLUDE"] = int((frame["Projection"] == UNFIT_VIEW).sum())
    if any(unfit.values()):
        shown = (f"{name} {count:,}" for name, count in unfit.items() if count)
        yield f"set aside as unfit for use, their findings not reported: {', '.join(shown)}"
    unchanged = sum(names is not None and names <= {UNCHANGED} for names in named)
    if unchanged:
        yield f"{unchanged:,} reports say only {UNCHANGED!r}: their findings count as not reported"
    texts = frame["Labels"]
    strange = [not LIST.fullmatch(text) and text.lower() not in NULL for text in texts]
    if any(strange):
        yield (
            f"{sum(strange):,} cells of Labels are no list of names, the first on row"
            f" {strange.index(True) + 2}: their findings count as not reported"
        )
