"""Uploads: names made harmless, and films refused by their headers before memory is taken."""

import re
from io import BytesIO
from typing import BinaryIO, NamedTuple

import numpy as np
from PIL import Image, UnidentifiedImageError

from datasets import images
from errors import ImageUnreadable, UploadRefused

LONGEST_NAME = 100
MILLION = 1_000_000
# A DICOM deflated as a whole may hold a thousand times its size, and no header tells.
DEFLATED = b"1.2.840.10008.1.2.1.99"
# What starts a picture inside a compressed DICOM: JPEG, and JPEG 2000.
STARTS = (b"\xff\xd8\xff", b"\xff\x4f\xff\x51")


class Upload(NamedTuple):
    """A film that somebody sent: what it is called, and its bytes."""

    name: str
    data: bytes


class Spooled(NamedTuple):
    """An upload that lies in a temporary file without a name until its bytes are asked for."""

    name: str
    file: BinaryIO

    @property
    def data(self) -> bytes:
        """All bytes of the file."""
        self.file.seek(0)
        return self.file.read()


def harmless_name(name: str | None) -> str:
    """The last part of a path without what cannot be printed, to show and never to open."""
    last = re.split(r"[\\/]", name or "")[-1]
    printable = "".join(letter for letter in last if letter.isprintable()).strip(" .")
    return printable[:LONGEST_NAME] or "film"


def decoded(data: bytes, megapixels: int) -> np.ndarray:
    """The plane (h, w) uint8 of a film no larger than that; why not in one sentence."""
    try:
        _check_sizes(data, megapixels)
        return images.decode(data)
    except ImageUnreadable as error:
        # What follows the first words may quote a DICOM's tags, and so a person's name.
        raise ImageUnreadable(str(error).split(":")[0]) from None
    except UploadRefused:
        raise
    # Decoders raise whatever their C libraries make of damaged data.
    except Exception:
        raise ImageUnreadable("it cannot be decoded") from None


def _check_sizes(data: bytes, megapixels: int) -> None:
    pictures = [data]
    if images.is_dicom(data):
        if DEFLATED in data:
            raise UploadRefused("A deflated DICOM is not taken; save it uncompressed.")
        pictures = [data[place:] for start in STARTS if (place := data.find(start)) >= 0]
        _check_size(_size_told(data), megapixels)
    for picture in pictures:
        try:
            with Image.open(BytesIO(picture)) as image:
                _check_size(image.size, megapixels)
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
            # No picture: whoever decodes it says so.
            continue


def _size_told(data: bytes) -> tuple[int, int]:
    """Width and height that a DICOM's header tells."""
    # Imported here, since pydicom takes longer to import than a command may take to answer.
    from datasets import dicom_pixels

    header = dicom_pixels.read_header(data)
    return int(header.get("Columns") or 0), int(header.get("Rows") or 0)


def _check_size(size: tuple[int, int], megapixels: int) -> None:
    width, height = size
    if width * height > megapixels * MILLION:
        raise UploadRefused(
            f"A film may have {megapixels} megapixels at most; this one has {width} × {height}."
            " Send it smaller."
        )
