"""What the header of an image file declares, read by hand before a decoder works on it."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from errors import ImageUnreadable

JPEG, JPEG_2000, PNG = b"\xff\xd8", b"\xff\x4f\xff\x51", b"\x89PNG\r\n\x1a\n"
# Frames of JPEG and JPEG-LS; C4, C8 and CC among them mark tables.
FRAMES = ({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}) | {0xF7}
SCAN, PADDING = 0xDA, 0xFF
# Progressive JPEGs have about ten scans, and each costs a pass over the whole image.
MOST_SCANS = 100
# Pillow reads segments and chunks one by one in Python.
MOST_SEGMENTS = 2_000
MOST_CHUNKS = 2_000
BYTES_PER_CHUNK = 1_024
MOST_COMPONENTS = 4
MOST_TILES = 10_000


class Declared(NamedTuple):
    """Width and height in pixels."""

    width: int
    height: int


def check(data: bytes) -> None:
    """Refuse a PNG or JPEG that is built to keep a decoder busy."""
    if data.startswith(PNG) and sum(1 for _ in _chunks(data)) >= most_chunks(len(data)):
        raise ImageUnreadable("damaged: a PNG of very many chunks")
    if data.startswith(JPEG):
        # A JPEG that ends too early is refused by its decoder.
        for _ in _segments(data):
            pass
        if data.count(bytes([0xFF, SCAN])) > MOST_SCANS:
            raise ImageUnreadable(f"damaged: a JPEG of more than {MOST_SCANS} scans")


def size(data: bytes) -> Declared | None:
    """The size that a JPEG, JPEG-LS or JPEG 2000 declares; None if it is neither or ends early."""
    try:
        if data.startswith(JPEG_2000):
            return _size_of_jpeg_2000(data)
        for marker, place in _segments(data) if data.startswith(JPEG) else ():
            if marker in FRAMES:
                height, width = struct.unpack_from(">HH", data, place + 5)
                return Declared(width, height)
    except (struct.error, IndexError):
        pass
    return None


def most_chunks(length: int) -> int:
    """How many chunks a PNG of so many bytes may have."""
    return MOST_CHUNKS + length // BYTES_PER_CHUNK


def _chunks(data: bytes) -> Iterator[bytes]:
    """The types of the chunks of a PNG, at most as many as are allowed."""
    place = len(PNG)
    for _ in range(most_chunks(len(data))):
        if place + 8 > len(data):
            return
        (length,) = struct.unpack_from(">I", data, place)
        yield data[place + 4 : place + 8]
        place += 12 + length


def _segments(data: bytes) -> Iterator[tuple[int, int]]:
    """Each marker with its offset, up to the first scan; too many raise ImageUnreadable."""
    place = len(JPEG)
    for _ in range(MOST_SEGMENTS):
        if place + 4 > len(data):
            return
        # Padding, and the stray bytes between segments that decoders skip.
        if data[place] != PADDING or data[place + 1] in (0, PADDING):
            place += 1
            continue
        marker = data[place + 1]
        yield marker, place
        if marker == SCAN:
            return
        (length,) = struct.unpack_from(">H", data, place + 2)
        place += 2 + length
    raise ImageUnreadable("damaged: a JPEG of very many segments")


def _size_of_jpeg_2000(data: bytes) -> Declared:
    right, bottom, left, top, width, height, _, _, components = struct.unpack_from(
        ">8IH", data, len(JPEG_2000) + 4
    )
    tiles = -(-right // max(1, width)) * -(-bottom // max(1, height))
    if components > MOST_COMPONENTS or tiles > MOST_TILES:
        raise ImageUnreadable(f"damaged: a JPEG 2000 of {components} components, {tiles} tiles")
    return Declared(right - left, bottom - top)
