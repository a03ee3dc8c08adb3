"""Hostile inputs: what is valid with a few bytes changed, tables of odd cells, odd DICOM tags."""

import warnings
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import hypothesis.strategies as st
import numpy as np
import pydicom
from hypothesis import reject
from PIL import Image

from tests import fakes

SIDE = 24
ODD = (
    *("", "0", "1", "-1", "nan", "inf", "1e999", "0.5", "1_0", "٣", "058Y", "9" * 400, "=1+1"),
    *("a|b", "|", "No Finding", "test", '"', "'", "\0", "\ufeff", "é", "\ud7ff", ",", "\r"),
)
CELLS = st.sampled_from(ODD) | st.text(max_size=6)
NUMBERS = st.sampled_from([0, 1, 2, 8, 12, 16, 24, 32, 64, 255, 65535, -1])
TEXTS = st.sampled_from(
    ["", "0", "-1", "1e308", "nan", "x", "1\\2", "MONOCHROME1", "RGB", "YBR_FULL"]
)
TAGS = {
    **dict.fromkeys(["Rows", "Columns", "BitsAllocated", "BitsStored", "HighBit"], NUMBERS),
    **dict.fromkeys(["SamplesPerPixel", "PixelRepresentation", "PlanarConfiguration"], NUMBERS),
    **dict.fromkeys(["RescaleSlope", "RescaleIntercept", "WindowCenter", "WindowWidth"], TEXTS),
    **dict.fromkeys(["PhotometricInterpretation", "PresentationLUTShape"], TEXTS),
    **dict.fromkeys(["NumberOfFrames", "PatientAge", "PatientID", "VOILUTFunction"], TEXTS),
}


@st.composite
def changed(draw, *valid):
    """One of the valid byte strings with bytes replaced, cut out, doubled or put in."""
    data = bytearray(draw(st.sampled_from(valid)))
    places = st.integers(0, max(len(data) - 1, 0))
    for _ in range(draw(st.integers(1, 5))):
        at, length = draw(places), draw(st.integers(0, 40))
        match draw(st.sampled_from(["replace", "flip", "cut", "double", "put in", "end"])):
            case "replace":
                new = draw(st.binary(max_size=8))
                data[at : at + len(new)] = new
            case "flip" if data:
                data[min(at, len(data) - 1)] ^= 1 << draw(st.integers(0, 7))
            case "cut":
                del data[at : at + length]
            case "double":
                data[at:at] = data[at : at + length]
            case "put in":
                data[at:at] = draw(st.binary(max_size=8))
            case "end":
                del data[at:]
    return bytes(data)


@st.composite
def tables(draw, *valid):
    """A table's bytes: a valid one changed, or one whose cells are odd."""
    if draw(st.booleans()):
        return draw(changed(*valid))
    rows = [line.split(b",") for line in draw(st.sampled_from(valid)).splitlines()]
    for _ in range(draw(st.integers(1, 6))):
        row = rows[draw(st.integers(0, len(rows) - 1))]
        row[draw(st.integers(0, len(row) - 1))] = draw(CELLS).encode()
    return b"\n".join(b",".join(row) for row in rows)


@st.composite
def odd_dicoms(draw):
    """A DICOM's bytes, some of whose tags say what no film's do."""
    picked = draw(st.dictionaries(st.sampled_from(sorted(TAGS)), st.none(), min_size=1, max_size=4))
    tags = {name: draw(TAGS[name]) for name in sorted(picked)}
    try:
        return dicom(**tags)
    except (ValueError, TypeError, AttributeError, OverflowError, OSError):
        # What pydicom does not write nobody reads.
        reject()


def dicom(**tags):
    """A small valid DICOM but for these tags."""
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pydicom.config.settings.writing_validation_mode = pydicom.config.IGNORE
        path = Path(folder) / "film.dcm"
        stored = fakes.picture(0, SIDE).astype(np.uint16)
        return fakes.write_dicom(path, stored, **tags).read_bytes()


def compressed_dicom():
    """The same, compressed."""
    image, data = pydicom.dcmread(BytesIO(dicom())), BytesIO()
    image.compress(pydicom.uid.RLELossless, encoding_plugin="pydicom")
    image.save_as(data)
    return data.getvalue()


def pictures():
    """Valid films of every kind that is read, as bytes."""
    grey = Image.fromarray(fakes.picture(0, SIDE))
    deep = Image.fromarray(fakes.picture(0, SIDE).astype(np.uint16) * 200)
    kinds = [(grey, "PNG", {}), (deep, "PNG", {}), (grey.convert("RGBA"), "PNG", {})]
    kinds += [(grey.convert("P"), "PNG", {"transparency": 0}), (grey.convert("1"), "PNG", {})]
    kinds += [(grey, "JPEG", {}), (grey.convert("CMYK"), "JPEG", {})]
    kinds += [(grey.convert("RGB"), "JPEG", {"progressive": True, "exif": _turned()})]
    return [_saved(*kind) for kind in kinds]


def _turned():
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


def _saved(picture, name, options):
    data = BytesIO()
    picture.save(data, name, **options)
    return data.getvalue()
