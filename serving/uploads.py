"""Uploads: names made harmless, and images decoded in child processes."""

import re
from typing import BinaryIO, NamedTuple

from datasets import image_files
from errors import ImageTooLarge, ImageUnreadable, UploadRefused

LONGEST_NAME = 100
MILLION = 1_000_000


class Upload(NamedTuple):
    """An uploaded image: its name and its bytes."""

    name: str
    data: bytes


class Spooled(NamedTuple):
    """An upload in a temporary file without a name, until its bytes are needed."""

    name: str
    file: BinaryIO

    @property
    def data(self) -> bytes:
        """All bytes of the file."""
        self.file.seek(0)
        return self.file.read()


class Unread(NamedTuple):
    """An upload that cannot be read: the reason in one sentence, and the status."""

    id: str
    error: str
    status: int


def harmless_name(name: str | None) -> str:
    """The last component of a path without unprintable characters, only to be shown."""
    last = re.split(r"[\\/]", name or "")[-1]
    printable = "".join(letter for letter in last if letter.isprintable()).strip(" .")
    return printable[:LONGEST_NAME] or "image"


def decoded(data: bytes, megapixels: int) -> image_files.Decoded:
    """An image up to this size, decoded by a child process."""
    try:
        return image_files.decode_apart(data, megapixels * MILLION)
    except ImageTooLarge as error:
        size, _, _ = str(error).partition(";")
        raise UploadRefused(
            f"An image may have at most {megapixels} megapixels; this one has {size}."
            " Reduce its size."
        ) from None
    except ImageUnreadable as error:
        # The rest of the message may quote DICOM tags, and so a person's name.
        raise ImageUnreadable(str(error).split(":")[0]) from None
