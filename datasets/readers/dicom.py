"""A folder of DICOMs with a label table; names of patients never leave the decoding process."""

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from datasets import label_files
from datasets.files import by_name, find_images
from datasets.image_files import PLAIN, SIZE, dicom_header, read_bytes
from datasets.images import HEADERS, META, NOBODY_KNOWN, Images, Skipped
from datasets.label_tables import images_of_table
from datasets.labels import read_meta
from datasets.options import Reading
from datasets.patients import owners
from errors import ImageUnreadable

__all__ = ["Dicom"]

SUFFIXES = (".dcm", ".dicom")
# The header of a missing or unreadable file.
SILENT = dict.fromkeys(("patient", "age", "sex", "view", *SIZE), "")


class Dicom:
    """Reads a folder with a label table and DICOMs in it or below."""

    @staticmethod
    def recognises(root: Path) -> bool:
        """Whether there are DICOMs in the folder or below."""
        return bool(find_images(root, SUFFIXES))

    @staticmethod
    def load(root: Path, options: Reading) -> Images:
        """All images of the table; headers fill in missing patients, age, sex and view."""
        files = find_images(root, SUFFIXES)
        table = label_files.table_of(root, options, files)
        images = images_of_table(table, "dicom", options)
        notes = (*label_files.chosen(root, table), *images.notes)
        images = replace(images, source=root.resolve().name, notes=notes)
        if not options.images:
            return images
        images = images.with_images(by_name(images.ids, files), files)
        return with_headers(images)[0]


def described(images: Images, root: Path) -> Images:
    """All images of a table, with metadata from the headers of files that can be read.

    Images without a readable file stay, because only their labels are needed.
    """
    files = by_name(images.ids, find_images(root, SUFFIXES))
    headers = _headers([str(files[name]) for name in images.ids if name in files])
    read = dict(zip((name for name in images.ids if name in files), headers, strict=True))
    known = (read.get(name, SILENT) for name in images.ids)
    return _filled(images, [each if isinstance(each, dict) else SILENT for each in known])


def with_headers(images: Images, patients: bool = True) -> tuple[Images, pd.DataFrame]:
    """The images whose headers can be read, with their gaps filled in; and those headers.

    PNG and JPEG files have none. Without `patients`, those of headers are not used.
    """
    headers = _headers(images.paths)
    has_header = np.array([isinstance(header, dict) for header in headers], bool)
    bad = [
        Skipped(name, str(header))
        for name, header in zip(images.ids, headers, strict=True)
        if not isinstance(header, dict)
    ]
    images = images.select(has_header, tuple(bad))
    read = [header for header in headers if isinstance(header, dict)]
    return _filled(images, read, patients), pd.DataFrame(read, columns=[*SILENT])


def _headers(paths: Iterable[str]) -> list[dict[str, str] | ImageUnreadable]:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(header_of, paths))


def _filled(images: Images, headers: list[dict[str, str]], with_patients: bool = True) -> Images:
    """The images with gaps in the table filled in from a header for each image."""
    if not headers:
        return images
    known = pd.DataFrame(headers)
    if with_patients and images.patients_from == NOBODY_KNOWN:
        patients, patients_from = owners(known["patient"], images.ids, HEADERS)
        images = replace(images, patients=patients, patients_from=patients_from)
    from_headers = read_meta(known)
    meta = {name: images.meta[name].replace("", np.nan).fillna(from_headers[name]) for name in META}
    return replace(images, meta=pd.DataFrame(meta))


def header_of(path: str) -> dict[str, str] | ImageUnreadable:
    """What the header of a DICOM says, nothing for other files, or the error if unreadable."""
    if path.lower().endswith(PLAIN):
        return SILENT
    try:
        return dicom_header(read_bytes(path))
    except ImageUnreadable as error:
        return error
