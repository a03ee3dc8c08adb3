"""Images that lie in arrays of an npz file, such as MedMNIST's, unpacked once to PNG files."""

import math
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, NamedTuple

import numpy as np
from numpy.lib import format as npy
from PIL import Image

import storage
from arrays import HEADERS
from datasets.image_files import MAX_PIXELS, MIN_SIDE
from errors import BadArrays, HybridError, StorageFailed, first_line
from progress import track

MAX_MEMBERS, MAX_IMAGES, MAX_LABELS = 100, 1_000_000, 50_000_000
SUFFIX = ".npy"
# PNGs are read about as fast whatever their compression, and written much faster with little.
COMPRESSION = 1


class Stored(NamedTuple):
    """The shape and type of an array in an npz file, which need not be read for it."""

    shape: tuple[int, ...]
    dtype: np.dtype


def stored(path: Path) -> dict[str, Stored]:
    """The arrays of an npz file by name; a file with other content raises BadArrays."""
    with _opened(path) as archive:
        infos = archive.infolist()
        if len(infos) > MAX_MEMBERS:
            raise BadArrays(
                f"{path} must hold at most {MAX_MEMBERS} arrays; it has {len(infos):,}."
            )
        return {
            info.filename.removesuffix(SUFFIX): _header(path, archive, info)[0]
            for info in infos
            if info.filename.endswith(SUFFIX)
        }


def labels(path: Path, name: str) -> np.ndarray:
    """An array of whole numbers (n, k) in an npz file."""
    with _opened(path) as archive:
        info = archive.getinfo(name + SUFFIX)
        (shape, dtype), start = _header(path, archive, info)
        if dtype.kind not in "uib" or len(shape) != 2 or math.prod(shape) > MAX_LABELS:
            raise BadArrays(
                f"{name} in {path} must hold whole numbers, a row for each image; it is an array of"
                f" {shape} {dtype}. Download the file again."
            )
        return np.frombuffer(archive.read(info)[start:], dtype).reshape(shape)


def digest(path: Path) -> str:
    """A short name for the content of an npz file, from the checksums it stores."""
    with _opened(path) as archive:
        parts = [f"{each.filename} {each.CRC} {each.file_size}" for each in archive.infolist()]
    return storage.sha256_of("\n".join(parts).encode())[:12]


def unpacked(path: Path, names: dict[str, str], folder: Path) -> Path:
    """The folder with all images of these arrays (by name, with their folders in it) as PNGs.

    They are written the first time only, all or none.
    """
    if folder.is_dir():
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as workshop:
            draft = Path(workshop) / "images"
            for name, part in names.items():
                _write(path, name, draft / part)
            # Another process may have been faster, with the same images.
            return folder if folder.is_dir() else draft.rename(folder)
    except OSError as error:
        raise StorageFailed(storage.why(folder, error)) from error


def file_name(row: int) -> str:
    """The name of the file of an image by its row."""
    return f"{row:06}.png"


def _write(path: Path, name: str, folder: Path) -> None:
    """Write the images of one array, which is never whole in memory."""
    folder.mkdir(parents=True)
    with _opened(path) as archive:
        info = archive.getinfo(name + SUFFIX)
        (shape, dtype), start = _header(path, archive, info)
        _check_images(path, name, shape, dtype)
        with archive.open(info) as file:
            file.read(start)
            for row in track(range(shape[0]), f"unpacking {name}", shape[0]):
                pixels = np.frombuffer(_exactly(file, math.prod(shape[1:])), np.uint8)
                _save(Image.fromarray(pixels.reshape(shape[1:])), folder / file_name(row))


def _save(image: Image.Image, path: Path) -> None:
    # Here, since an error of the disk must not be taken for one of the file that is read.
    try:
        image.save(path, compress_level=COMPRESSION)
    except OSError as error:
        raise StorageFailed(storage.why(path, error)) from error


def _check_images(path: Path, name: str, shape: tuple[int, ...], dtype: np.dtype) -> None:
    plain = dtype == np.uint8 and (len(shape) == 3 or (len(shape) == 4 and shape[3] == 3))
    if not plain or shape[0] > MAX_IMAGES or not _fits(shape[1], shape[2]):
        raise BadArrays(
            f"{name} in {path} must hold 8-bit images, grey or RGB; it is an array of {shape}"
            f" {dtype}. Name another file."
        )


def _fits(height: int, width: int) -> bool:
    return min(height, width) >= MIN_SIDE and height * width <= MAX_PIXELS


def _exactly(file: IO[bytes], count: int) -> bytes:
    data = file.read(count)
    if len(data) < count:
        raise BadArrays("an array ends before its last image. Download the file again.")
    return data


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """An npz file, none of which is ever unpickled."""
    try:
        with storage.opened(path) as file, zipfile.ZipFile(file) as archive:
            yield archive
    except (HybridError, MemoryError):
        raise
    # numpy and zipfile raise many unrelated errors for damaged bytes.
    except Exception as error:
        raise BadArrays(
            f"{path} must be a whole npz file of plain arrays; it is not ({first_line(error)})."
            " Download it again."
        ) from error


def _header(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> tuple[Stored, int]:
    """What an array declares, and where its values start."""
    with archive.open(info) as file:
        shape, in_columns, dtype = HEADERS[npy.read_magic(file)](file)
        start = file.tell()
    if in_columns or dtype.hasobject or start + math.prod(shape) * dtype.itemsize != info.file_size:
        raise BadArrays(
            f"{info.filename} in {path} must be an array of plain numbers, stored in rows; it is"
            " not. Download the file again."
        )
    return Stored(shape, dtype), start
