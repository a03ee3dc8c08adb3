"""Decode PNG, JPEG and DICOM of any depth and colour to a grey plane, or say why not."""

import json
import struct
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

import storage
from confined import Children
from datasets import codestreams
from errors import ImageTooLarge, ImageUnreadable, WorkEnded
from progress import warn

# Three times the size of the largest allowed image at 16 bits per pixel.
MAX_BYTES = 600_000_000
MAX_PIXELS = 100_000_000
MIN_SIDE = 16
PLAIN = (".png", ".jpg", ".jpeg")
SUFFIXES = (*PLAIN, ".dcm", ".dicom")
# Packages that decode what Pillow cannot.
DICOM_DECODERS = ("pydicom", "python-gdcm")
FORMATS = ("PNG", "JPEG")
PREAMBLE = 128
# The first tag of a DICOM without a preamble: the character set or the image type.
BARE_DICOM = (b"\x08\x00\x05\x00", b"\x08\x00\x08\x00")
DEPTHS = (8, 10, 12, 14, 16)
# A negative shows bone black. Two of 1,216 NIH images are published as negatives: this rule finds
# both and no other, and over 95 % of the exact negatives of all. The margin was chosen on them.
NEGATIVE_MARGIN = 0.1 * 255
# Top, bottom, left and right as fractions of the image: the spine, and a lung on either side.
SPINE = (0.30, 0.90, 0.45, 0.60)
LUNGS = ((0.25, 0.60, 0.18, 0.38), (0.25, 0.60, 0.68, 0.85))
# The size in pixels and the stored bits of a grey value, in the header of a DICOM.
SIZE, BITS = ("width", "height"), "bits"
# Sent to a child: the pixel limit; sent back: whether MONOCHROME1 was overruled, height and width.
REQUEST, ANSWER = "<Q", "<?II"
CHILDREN = Children()
OVERRULED = "is marked MONOCHROME1 but stored with white bones, so it was not inverted"
# Images that this process has warned about.
WARNED_OF: list[str] = []
MOST_WARNINGS = 10

# We check our own limit before decoding; that of Pillow only warns.
Image.MAX_IMAGE_PIXELS = None


class Decoded(NamedTuple):
    """A plane (h, w) uint8 with white bones; `overruled` if MONOCHROME1 was wrong."""

    plane: np.ndarray
    overruled: bool = False


def read(path: str | Path) -> np.ndarray:
    """The image in a file as a grey plane (h, w) uint8."""
    return decode(read_bytes(path), str(path))


def read_bytes(path: str | Path) -> bytes:
    """The bytes of an image file; refuses devices, pipes, folders and more than MAX_BYTES."""
    try:
        return storage.read_bytes(path, MAX_BYTES)
    except OSError as error:
        raise ImageUnreadable(f"the file cannot be read: {error.strerror}") from error


def decode(data: bytes, name: str = "") -> np.ndarray:
    """The image in bytes as a grey plane (h, w) uint8; `name` is shown in warnings."""
    return plane_of(decoded(data), name)


def plane_of(image: Decoded, name: str = "") -> np.ndarray:
    """The plane of a decoded image, after a warning if MONOCHROME1 was overruled."""
    if image.overruled:
        _warn_overruled(name or "a DICOM")
    return image.plane


def decoded(data: bytes) -> Decoded:
    """The image in bytes, without a warning if MONOCHROME1 was overruled."""
    return decode_apart(data) if is_dicom(data) else Decoded(decode_here(data))


def decode_apart(data: bytes, most_pixels: int = MAX_PIXELS) -> Decoded:
    """The image decoded in a child process, which is ended if a hostile file keeps it busy.

    This is how all DICOMs are decoded: codecs may crash, and pydicom would block other threads.
    """
    answer = _ask("decoded", struct.pack(REQUEST, most_pixels) + data)
    overruled, height, width = struct.unpack_from(ANSWER, answer)
    pixels = np.frombuffer(answer, np.uint8, offset=struct.calcsize(ANSWER))
    return Decoded(pixels.reshape(height, width), overruled)


def dicom_header(data: bytes) -> dict[str, str]:
    """Age, sex, view, size, bits and a digest of the patient in a DICOM's header, by a child."""
    return dict(json.loads(_ask("dicom_header", data)))


def coloured(data: bytes) -> bool:
    """Whether a decodable image shows colours; False for a DICOM."""
    return not is_dicom(data) and bool(_ask("coloured", data))


def _ask(function: str, data: bytes) -> bytes:
    try:
        return CHILDREN.call(f"datasets.decoding:{function}", data)
    except WorkEnded as reason:
        raise ImageUnreadable(f"cannot be decoded safely: {reason}") from None


def _warn_overruled(name: str) -> None:
    if name in WARNED_OF or len(WARNED_OF) >= MOST_WARNINGS:
        return
    WARNED_OF.append(name)
    last = len(WARNED_OF) == MOST_WARNINGS
    warn(f"{name} {OVERRULED}{' (no further warnings of this kind)' * last}")


def decode_here(data: bytes, check: Callable[[int, int], None] | None = None) -> np.ndarray:
    """A PNG or JPEG as a grey plane, decoded in this process; `check` refuses wrong sizes."""
    if not data:
        raise ImageUnreadable("an empty file")
    codestreams.check(data)
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            (check or check_size)(*image.size)
            ImageOps.exif_transpose(image, in_place=True)
            if image.mode.startswith("I"):
                return to_bytes(np.asarray(image).clip(0, 65535))
            # NIH has RGBA images, all opaque; "L" drops their transparency.
            return np.asarray(image.convert("L"))
    except UnidentifiedImageError as error:
        raise ImageUnreadable("neither PNG, JPEG nor DICOM") from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise ImageUnreadable(f"damaged: {error}") from error


def is_dicom(data: bytes) -> bool:
    """Whether bytes start like a DICOM, with or without its preamble."""
    return data[PREAMBLE : PREAMBLE + 4] == b"DICM" or data[:4] in BARE_DICOM


def decoders(paths: Iterable[str]) -> tuple[str, ...]:
    """Packages besides Pillow that decode these images: none if all are PNG or JPEG."""
    return () if all(path.lower().endswith(PLAIN) for path in paths) else DICOM_DECODERS


def check_size(width: int, height: int, most_pixels: int = MAX_PIXELS) -> None:
    """Refuse sizes that no radiograph has, before memory is allocated."""
    if min(width, height) < MIN_SIDE:
        raise ImageUnreadable(f"{width} × {height} pixels; the minimum is {MIN_SIDE} per side")
    if width * height > most_pixels:
        raise ImageTooLarge(f"{width} × {height} pixels; the limit is {most_pixels:,} pixels")


def to_bytes(values: np.ndarray) -> np.ndarray:
    """Non-negative integers as uint8, scaled by the smallest usual bit depth that holds them.

    Images of 10 to 16 bits are all stored as 16 bits; dividing by 65,535 would darken most of them.
    """
    highest = int(values.max())
    depth = next(bits for bits in DEPTHS if highest < 2**bits)
    return np.rint(np.arange(2**depth) * (255 / (2**depth - 1))).astype(np.uint8)[values]


def bone_black(plane: np.ndarray) -> bool:
    """Whether the spine is clearly darker than the lungs; where unclear, False."""
    lungs = np.mean([_mean(plane, place) for place in LUNGS])
    return bool(_mean(plane, SPINE) - lungs < -NEGATIVE_MARGIN)


def _mean(plane: np.ndarray, place: tuple[float, float, float, float]) -> float:
    height, width = plane.shape
    top, bottom, left, right = place
    rows = slice(int(top * height), int(bottom * height))
    return float(plane[rows, int(left * width) : int(right * width)].mean())
