"""Films as their bytes, good ones and bad ones."""

import asyncio
import struct
import zlib
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
from PIL import Image

from serving.uploads import Upload
from tests import fakes


def png(seed=0, size=128):
    data = BytesIO()
    Image.fromarray(fakes.picture(seed, size)).save(data, "PNG")
    return data.getvalue()


def dicom(**tags):
    with TemporaryDirectory() as folder:
        path = fakes.write_dicom(Path(folder) / "film.dcm", fakes.picture(0, 128), **tags)
        return path.read_bytes()


def image(seed=0, name="film.png"):
    return Upload(name, png(seed))


def huge_png(side=30_000):
    """A PNG whose header tells of many more pixels than it has."""
    header = b"IHDR" + struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    chunks = [header, b"IDAT" + body, b"IEND"]
    told = [
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
        for chunk in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(told)


def zip_bomb():
    data = BytesIO()
    with ZipFile(data, "w", ZIP_DEFLATED) as archive:
        archive.writestr("film.png", bytes(10_000_000))
    return data.getvalue()


def without_pixels():
    data = dicom()
    return data[: data.index(struct.pack("<HH", 0x7FE0, 0x0010))]


BAD = {
    "empty": b"",
    "text": b"no film at all",
    "truncated png": png()[:200],
    "half a png": png()[: len(png()) // 2],
    "half a jpeg": b"\xff\xd8\xff\xe0" + bytes(50),
    "zip bomb": zip_bomb(),
    "huge png": huge_png(),
    "huge dicom": dicom(Rows=60_000, Columns=60_000),
    "dicom without pixels": without_pixels(),
    "half a dicom": dicom()[:400],
    "dicom of frames": dicom(NumberOfFrames=4),
    "dicom of other pixels": dicom(Rows=100, Columns=333),
    "tiny png": png(size=8),
    "gif": b"GIF89a" + bytes(100),
    "noise": np.random.default_rng(0).bytes(5000),
}


def found(service, uploads, tta=0):
    """What a service says of uploads, without a server."""
    return asyncio.run(service.findings(uploads, tta))


def explained(service, upload, label):
    """Where each branch looks, as the service hands it to those who show it."""
    return asyncio.run(service.explained(upload, label, lambda image: image))
