"""One decoder: PNG, JPEG or DICOM of any depth and colour to one grey plane, or a reason."""

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

import storage
from errors import ImageUnreadable

# Three times a raw image of the most pixels at 16 bits.
MAX_BYTES = 600_000_000
MAX_PIXELS = 100_000_000
MIN_SIDE = 16
PLAIN = (".png", ".jpg", ".jpeg")
SUFFIXES = (*PLAIN, ".dcm", ".dicom")
# What Pillow does not decode: pydicom, and the codecs it takes.
DICOM_DECODERS = ("pydicom", "python-gdcm")
PREAMBLE = 128
# The first tag of a data set without preamble: its character set or its image type.
BARE_DICOM = (b"\x08\x00\x05\x00", b"\x08\x00\x08\x00")
DEPTHS = (8, 10, 12, 14, 16)

# Ours is the limit, checked before anything is decoded; Pillow's own only warns.
Image.MAX_IMAGE_PIXELS = None


def read(path: str | Path) -> np.ndarray:
    """The film in a file as a grey plane, (height, width) uint8."""
    return decode(read_bytes(path))


def read_bytes(path: str | Path) -> bytes:
    """The bytes of an image's file; no more than MAX_BYTES, and no device, pipe or folder."""
    try:
        return storage.read_bytes(path, MAX_BYTES)
    except OSError as error:
        raise ImageUnreadable(f"the file cannot be read: {error.strerror}") from error


def decode(data: bytes) -> np.ndarray:
    """The film in bytes as a grey plane, (height, width) uint8."""
    if not data:
        raise ImageUnreadable("an empty file")
    if not is_dicom(data):
        return _decode(data)
    # Imported here, since pydicom takes longer to import than a command may take to answer.
    from datasets import dicom_pixels

    return dicom_pixels.decode(data, check_size)


def is_dicom(data: bytes) -> bool:
    """Whether bytes carry DICOM's mark, or look like a data set that lost it."""
    return data[PREAMBLE : PREAMBLE + 4] == b"DICM" or data[:4] in BARE_DICOM


def decoders(paths: Iterable[str]) -> tuple[str, ...]:
    """Packages besides Pillow that the pixels of these films depend on: none of PNG and JPEG."""
    return () if all(path.lower().endswith(PLAIN) for path in paths) else DICOM_DECODERS


def check_size(width: int, height: int) -> None:
    """Refuse sides that no film has, before memory is taken for them."""
    if min(width, height) < MIN_SIDE:
        raise ImageUnreadable(f"{width} × {height} pixels; a film has at least {MIN_SIDE} a side")
    if width * height > MAX_PIXELS:
        raise ImageUnreadable(f"{width} × {height} pixels; the limit is {MAX_PIXELS:,} in all")


def to_bytes(values: np.ndarray) -> np.ndarray:
    """Non-negative whole numbers as uint8, by the smallest usual depth that holds them.

    Films of 10 to 16 bits are all stored as 16: dividing each by 65,535 would blacken most.
    """
    highest = int(values.max())
    depth = next(bits for bits in DEPTHS if highest < 2**bits)
    return np.rint(values * (255 / (2**depth - 1))).astype(np.uint8)


def _decode(data: bytes) -> np.ndarray:
    try:
        with Image.open(BytesIO(data), formats=("PNG", "JPEG")) as image:
            check_size(*image.size)
            ImageOps.exif_transpose(image, in_place=True)
            if image.mode.startswith("I"):
                return to_bytes(np.clip(np.asarray(image).astype(np.int64), 0, 65535))
            # Transparency says nothing: NIH's RGBA films are opaque, and "L" drops it.
            return np.asarray(image.convert("L"))
    except UnidentifiedImageError as error:
        raise ImageUnreadable("neither PNG, JPEG nor DICOM") from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise ImageUnreadable(f"damaged: {error}") from error
