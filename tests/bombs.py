"""Small files that are built to crash a decoder, to keep it busy, or to fill the memory."""

import struct
import zlib
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pydicom
from PIL import Image

from tests import fakes

PIXELS = b"\xe0\x7f\x10\x00"
SIZ = b"\xff\x4f\xff\x51"


def png(*chunks: bytes) -> bytes:
    """A PNG of these chunks, each a kind and a body."""
    sealed = [
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
        for chunk in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(sealed)


def header(side: int) -> bytes:
    return b"IHDR" + struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)


def huge_png() -> bytes:
    """A header that declares many more pixels than there are."""
    return png(header(30_000), b"IDAT" + zlib.compress(bytes(1000)), b"IEND")


def png_of_chunks(count: int = 1_000_000) -> bytes:
    data = png(header(64), b"IDAT" + zlib.compress(bytes(65 * 64)), b"IEND")
    empty = struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))
    return data[:33] + count * empty + data[33:]


def jpeg(**options: object) -> bytes:
    data = BytesIO()
    Image.new("L", (2000, 2000), 128).save(data, "JPEG", **options)
    return data.getvalue()


@cache
def progressive_jpeg(scans: int = 5_000) -> bytes:
    """A JPEG whose last scan comes again and again: each is a pass over the whole image."""
    data = jpeg(progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + scans * data[last:-2] + data[-2:]


def jpeg_of_junk(megabytes: int = 40) -> bytes:
    """What Pillow would skip byte by byte."""
    data = jpeg()
    return data[:2] + bytes(megabytes * 1_000_000) + data[2:]


def eps() -> bytes:
    """A program for a printer, which some libraries would run."""
    return b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 64\n%%EndComments\n{} loop\n"


@cache
def _plain_dicom() -> bytes:
    with TemporaryDirectory() as folder:
        return fakes.write_dicom(Path(folder) / "a.dcm", fakes.picture(0)).read_bytes()


def dicom_of_tags(count: int = 7_000_000) -> bytes:
    """A DICOM of as many empty tags, in the order that DICOM asks for."""
    data = _plain_dicom()
    place = data.index(PIXELS)
    return data[:place] + count * b"\x09\x00\x10\x00UN\x00\x00\x00\x00\x00\x00" + data[place:]


def dicom_of_items(count: int = 2_000_000) -> bytes:
    """The same hidden in the items of a sequence of unknown length."""
    data = _plain_dicom()
    place = data.index(PIXELS)
    start = b"\x40\x00\x75\x02SQ\x00\x00\xff\xff\xff\xff"
    item = b"\xfe\xff\x00\xe0\x00\x00\x00\x00"
    return data[:place] + start + count * item + data[place:]


def dicom_of_hidden_tags(count: int = 3_000_000) -> bytes:
    """Empty tags where only pydicom sees that they are tags: inside an item."""
    data = _plain_dicom()
    place = data.index(PIXELS)
    start = b"\x40\x00\x75\x02SQ\x00\x00\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff"
    return data[:place] + start + count * b"\x09\x00\x10\x00LO\x00\x00" + data[place:]


def dicom_of_sequences(depth: int = 100_000) -> bytes:
    """Sequences within sequences."""
    data = _plain_dicom()
    place = data.index(PIXELS)
    one = b"\x40\x00\x75\x02SQ\x00\x00\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff"
    return data[:place] + depth * one + data[place:]


@cache
def deflated_dicom(megabytes: int = 1_000) -> bytes:
    """A data set that is a thousand times as large once it is inflated."""
    image = pydicom.dcmread(BytesIO(_plain_dicom()))
    image.file_meta.TransferSyntaxUID = pydicom.uid.DeflatedExplicitVRLittleEndian
    whole = BytesIO()
    image.save_as(whole)
    data = whole.getvalue()
    start = 144 + struct.unpack_from("<I", data, 140)[0]
    pump = zlib.compressobj(9, zlib.DEFLATED, -15)
    zeros = b"".join(pump.compress(bytes(1_000_000)) for _ in range(megabytes))
    return data[:start] + zeros + pump.flush()


@cache
def compressed(syntax: str) -> bytes:
    """A DICOM that GDCM compressed."""
    with TemporaryDirectory() as folder:
        path = fakes.write_dicom(Path(folder) / "a.dcm", fakes.picture(0))
        fakes.compress(path, syntax)
        return path.read_bytes()


def _frame(data: bytes, start: bytes) -> int:
    return data.index(start, data.index(PIXELS))


def patched(syntax: str, start: bytes, offset: int, change: bytes) -> bytes:
    """A compressed DICOM, some bytes of its frame changed from `offset` after `start` on."""
    data = compressed(syntax)
    place = _frame(data, start) + offset
    return data[:place] + change + data[place + len(change) :]


def decoy(side: int = 20_000) -> bytes:
    """A small picture in a private tag before a frame that declares a large one."""
    small = BytesIO()
    Image.new("L", (64, 64)).save(small, "JPEG")
    body = small.getvalue() + bytes(len(small.getvalue()) % 2)
    tag = b"\x09\x00\x10\x10OB\x00\x00" + struct.pack("<I", len(body)) + body
    data = patched("JPEG2000Lossless", SIZ, 8, struct.pack(">II", side, side))
    data = data[: (at := _frame(data, SIZ) + 24)] + struct.pack(">II", side, side) + data[at + 8 :]
    place = data.index(PIXELS)
    return data[:place] + tag + data[place:]


def tiles() -> bytes:
    """A JPEG 2000 of four million tiles of a pixel each, as large as its header says."""
    side = 2_048
    data = patched("JPEG2000Lossless", SIZ, 8, struct.pack(">II", side, side))
    data = data[: (at := _frame(data, SIZ) + 24)] + struct.pack(">II", 1, 1) + data[at + 8 :]
    image = pydicom.dcmread(BytesIO(data))
    image.Rows = image.Columns = side
    whole = BytesIO()
    image.save_as(whole)
    return whole.getvalue()


CRASHES = {
    "JPEG of 151 bits": lambda: patched("JPEGBaselineProcess1", b"\xff\xc0", 4, b"\x97"),
    "lossless JPEG of 173 bits": lambda: patched("JPEGLosslessSV1", b"\xff\xc3", 4, b"\xad"),
}
BOMBS = {
    "huge PNG": huge_png,
    "PNG of a million chunks": png_of_chunks,
    "JPEG of 5,000 scans": progressive_jpeg,
    "JPEG of junk": jpeg_of_junk,
    "EPS": eps,
    "DICOM of 7 million tags": dicom_of_tags,
    "DICOM of 2 million items": dicom_of_items,
    "DICOM of nested sequences": dicom_of_sequences,
    "deflated DICOM": deflated_dicom,
    "decoy before a huge JPEG 2000": decoy,
    "JPEG 2000 of tiles": tiles,
    **CRASHES,
}
