"""What child processes do with the bytes of images: decode them, and read DICOM headers."""

import json
import struct
from functools import partial
from io import BytesIO

import numpy as np
from PIL import Image

import confined
import storage
from datasets import dicom_pixels, image_files
from datasets.image_files import Decoded

HEADER = {"age": "PatientAge", "sex": "PatientSex", "view": "ViewPosition"} | dict(
    zip((*image_files.SIZE, image_files.BITS), ("Columns", "Rows", "BitsStored"), strict=True)
)
# The views that DICOM defines; other text in this field may be the name of a person.
VIEWS = ("AP", "PA", "LL", "RL", "RLD", "LLD", "RLO", "LLO", "LATERAL")
# A 40-megapixel JPEG 2000 takes ten seconds and 300 MB.
SECONDS_PER_MEGAPIXEL, MEGABYTES_PER_MEGAPIXEL = 0.5, 16
# Mean difference between the channels of a pixel, of 255, in a thumbnail of this size.
COLOURED, THUMBNAIL = 8, (64, 64)


def decoded(request: bytes) -> bytes:
    """The grey plane of an image after its height, width and whether MONOCHROME1 was overruled."""
    start = struct.calcsize(image_files.REQUEST)
    (most_pixels,) = struct.unpack_from(image_files.REQUEST, request)
    plane, overruled = _decode(request[start:], most_pixels)
    return struct.pack(image_files.ANSWER, overruled, *plane.shape) + plane.tobytes()


def dicom_header(data: bytes) -> bytes:
    """Age, sex, view, size, bits and a digest of the patient, which hides the name, as JSON."""
    header = dicom_pixels.read_header(data)
    with dicom_pixels.readable():
        values = {name: str(header.get(keyword, "") or "") for name, keyword in HEADER.items()}
        patient = str(header.get("PatientID", "") or "")
    if values["view"].upper() not in VIEWS:
        values["view"] = ""
    values["patient"] = storage.sha256_of(patient.encode())[:12] if patient else ""
    return json.dumps(values).encode()


def coloured(data: bytes) -> bytes:
    """b"1" for a PNG or JPEG that shows colours, b"" for grey values, even if stored as RGB."""
    with Image.open(BytesIO(data), formats=image_files.FORMATS) as image:
        if image.mode not in ("RGB", "RGBA", "P", "CMYK"):
            return b""
        _check_size(*image.size, image_files.MAX_PIXELS)
        image.draft("RGB", THUMBNAIL)
        small = np.asarray(image.convert("RGB").resize(THUMBNAIL))
    return b"1" if np.ptp(small.astype(int), axis=2).mean() > COLOURED else b""


def _decode(data: bytes, most_pixels: int) -> Decoded:
    check_size = partial(_check_size, most_pixels=most_pixels)
    if image_files.is_dicom(data):
        return dicom_pixels.decode(data, check_size)
    return Decoded(image_files.decode_here(data, check_size))


def _check_size(width: int, height: int, most_pixels: int) -> None:
    """Refuse sizes that no image has; allow this process the time and memory for the others."""
    image_files.check_size(width, height, most_pixels)
    megapixels = width * height / 1_000_000
    confined.allow(
        confined.SECONDS + SECONDS_PER_MEGAPIXEL * megapixels,
        confined.MEGABYTES + MEGABYTES_PER_MEGAPIXEL * megapixels,
    )
