"""Uploads: names made harmless, and images decoded where they can do no harm."""

import re
from typing import BinaryIO, NamedTuple

from datasets import image_files
from errors import ImageTooLarge, ImageUnreadable, UploadRefused

LONGEST_NAME = 100
MILLION = 1_000_000


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


class Unread(NamedTuple):
    """An upload without findings: the reason in one sentence, and its status."""

    id: str
    error: str
    status: int


def harmless_name(name: str | None) -> str:
    """The last part of a path without what cannot be printed, to show and never to open."""
    last = re.split(r"[\\/]", name or "")[-1]
    printable = "".join(letter for letter in last if letter.isprintable()).strip(" .")
    return printable[:LONGEST_NAME] or "film"


def decoded(data: bytes, megapixels: int) -> image_files.Decoded:
    """An image no larger than that, decoded by a child process."""
    try:
        return image_files.decode_apart(data, megapixels * MILLION)
    except ImageTooLarge as error:
        raise UploadRefused(
            f"An image may have {megapixels} megapixels at most; this one has {error}."
            " Send it smaller."
        ) from None
    except ImageUnreadable as error:
        # What follows the first words may quote a DICOM's tags, and so a person's name.
        raise ImageUnreadable(str(error).split(":")[0]) from None
