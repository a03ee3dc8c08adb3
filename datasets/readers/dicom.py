"""A folder of DICOMs beside a label table; what identifies a person never leaves this file."""

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from datasets import label_files
from datasets.files import by_name, find_images
from datasets.image_files import dicom_header, read_bytes
from datasets.images import HEADERS, META, NOBODY_KNOWN, Films, Skipped
from datasets.label_tables import films_of_table
from datasets.labels import read_meta
from datasets.options import Reading
from datasets.patients import owners
from errors import ImageUnreadable

__all__ = ["Dicom"]

SUFFIXES = (".dcm", ".dicom")
# The header of a file that is not there or cannot be read.
SILENT = {"patient": "", "age": "", "sex": "", "view": ""}


class Dicom:
    """Reads a folder that holds DICOMs, anywhere below, and a label table."""

    @staticmethod
    def recognises(root: Path) -> bool:
        """Whether there are DICOMs below."""
        return bool(find_images(root, SUFFIXES))

    @staticmethod
    def load(root: Path, options: Reading) -> Films:
        """All films of the table; where it is silent on patient, age, sex or view, the headers."""
        images = find_images(root, SUFFIXES)
        table = label_files.table_of(root, options, images)
        films = films_of_table(table, "dicom", options)
        notes = (*label_files.chosen(root, table), *films.notes)
        films = replace(films, source=root.resolve().name, notes=notes)
        if not options.images:
            return films
        films = films.with_images(by_name(films.ids, images), images)
        return _with_headers(films)


def described(films: Films, root: Path) -> Films:
    """All films of a table, with what headers below a folder say of those whose file is readable.

    None is left out, since nothing but what is known of it is wanted.
    """
    files = by_name(films.ids, find_images(root, SUFFIXES))
    headers = _headers([str(files[name]) for name in films.ids if name in files])
    read = dict(zip((name for name in films.ids if name in files), headers, strict=True))
    told = (read.get(name, SILENT) for name in films.ids)
    return _filled(films, [each if isinstance(each, dict) else SILENT for each in told])


def _with_headers(films: Films) -> Films:
    headers = _headers(films.paths)
    has_header = np.array([isinstance(header, dict) for header in headers], bool)
    bad = [
        Skipped(name, str(header))
        for name, header in zip(films.ids, headers, strict=True)
        if not isinstance(header, dict)
    ]
    films = films.select(has_header, tuple(bad))
    return _filled(films, [header for header in headers if isinstance(header, dict)])


def _headers(paths: Iterable[str]) -> list[dict[str, str] | ImageUnreadable]:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(header_of, paths))


def _filled(films: Films, headers: list[dict[str, str]]) -> Films:
    """The films with a header each, which speaks where the table is silent."""
    if not headers:
        return films
    known = pd.DataFrame(headers)
    if films.patients_from == NOBODY_KNOWN:
        patients, patients_from = owners(known["patient"], films.ids, HEADERS)
        films = replace(films, patients=patients, patients_from=patients_from)
    from_headers = read_meta(known)
    meta = {name: films.meta[name].replace("", np.nan).fillna(from_headers[name]) for name in META}
    return replace(films, meta=pd.DataFrame(meta))


def header_of(path: str) -> dict[str, str] | ImageUnreadable:
    """Age, sex, view and a digest of the patient; why not, where the file cannot be read."""
    try:
        return dicom_header(read_bytes(path))
    except ImageUnreadable as error:
        return error
