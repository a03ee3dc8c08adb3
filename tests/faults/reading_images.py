"""Readers of films, from files and over the network."""

from pathlib import Path

import hypothesis.strategies as st
import numpy as np

from datasets import image_files
from datasets.loading import load
from datasets.options import Reading
from inference.image_warnings import warnings_of
from tests import fakes
from tests.faults.fuzzing import Reader
from tests.faults.inputs import changed, compressed_dicom, dicom, odd_dicoms, pictures


def decode(data: bytes) -> None:
    """A film's plane and the warnings of it."""
    image = image_files.decoded(data)
    plane = image.plane
    assert plane.dtype == np.uint8
    assert plane.ndim == 2
    assert min(plane.shape) >= image_files.MIN_SIDE
    warnings_of(data, image, {})


def header(place: Path) -> Reader:
    """A data set of DICOMs, one of which is hostile."""
    root = fakes.dicom(place)

    def read(data: bytes) -> None:
        (root / "f0.dcm").write_bytes(data)
        load(Reading(data=root, format="dicom"))

    return Reader(st.one_of(odd_dicoms(), changed(dicom())), read)


READERS = {
    "PNG or JPEG": lambda place: Reader(changed(*pictures()), decode),
    "DICOM": lambda place: Reader(changed(dicom(), compressed_dicom()), decode),
    "DICOM of odd tags": lambda place: Reader(odd_dicoms(), decode),
    "data set of DICOMs": header,
}
