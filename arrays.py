"""Plain arrays from npz files that may be forged, and plain numbers for JSON.

Nothing in such a file runs, and no array takes more memory than its file.
"""

import math
import zipfile
from io import BytesIO
from math import prod
from typing import IO, Any, TypeVar

import numpy as np
from numpy.lib import format as npy

from errors import BadArrays, first_line

Target = TypeVar("Target")

HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


def read(data: bytes) -> dict[str, np.ndarray]:
    """The arrays in the bytes of an npz file; anything else raises BadArrays."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _check(archive, len(data))
        with np.load(BytesIO(data), allow_pickle=False) as kept:
            return dict(kept)
    # numpy and zipfile raise many unrelated errors for damaged bytes.
    except Exception as error:
        raise BadArrays(f"not a file of plain arrays: {error}") from error


def plain_array(file: IO[bytes], size: int) -> np.ndarray:
    """The array of numbers or text in an npy stream of `size` bytes; others raise BadArrays."""
    try:
        shape, by_columns, dtype = HEADERS[npy.read_magic(file)](file)
        declared = file.tell() + prod(shape) * dtype.itemsize
        if dtype.hasobject:
            raise BadArrays("it holds pickled objects, which could run code")
        if declared != size:
            raise BadArrays("it has another size than it declares")
        values = np.frombuffer(file.read(size), dtype)
        return values.reshape(shape, order="F" if by_columns else "C")
    except BadArrays:
        raise
    # numpy and zipfile raise many unrelated errors for damaged bytes.
    except Exception as error:
        raise BadArrays(f"it is no plain array ({first_line(error)})") from error


def learned_bytes(fitted: object) -> bytes:
    """The learned attributes of an object, which end in `_`, as the bytes of an npz file."""
    learned = {name: value for name, value in vars(fitted).items() if name.endswith("_")}
    buffer = BytesIO()
    np.savez(buffer, allow_pickle=False, **learned)
    return buffer.getvalue()


def give(target: Target, data: bytes) -> Target:
    """The target with the learned attributes of an npz file's bytes, as if it had been fitted."""
    learned = read(data)
    for name in learned:
        if not name.isidentifier() or not name.endswith("_") or name.startswith("_"):
            raise BadArrays(f"no learned array can be called {name!r}")
    for name, values in learned.items():
        # A number is stored as an array without dimensions.
        setattr(target, name, values[()] if values.ndim == 0 else values)
    return target


def plain(value: Any) -> float | int | None:
    """A number without its array type; None for NaN, which JSON lacks."""
    number = value.item() if hasattr(value, "item") else value
    return None if isinstance(number, float) and math.isnan(number) else number


def _check(archive: zipfile.ZipFile, size: int) -> None:
    """Refuse arrays that are larger than their file, since ours are never compressed."""
    members = archive.infolist()
    if sum(member.file_size for member in members) > size:
        raise BadArrays("more arrays than the file has room for")
    for member in members:
        with archive.open(member) as file:
            if _declared(file) != member.file_size:
                raise BadArrays(f"{member.filename} has another size than it declares")


def _declared(file: IO[bytes]) -> int:
    """The number of bytes that an array declares, with its header."""
    shape, _, dtype = HEADERS[npy.read_magic(file)](file)
    return file.tell() + prod(shape) * dtype.itemsize
