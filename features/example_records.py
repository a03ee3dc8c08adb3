"""Embeddings in records of TensorFlow, as CXR Foundation writes them, read without TensorFlow.

A record is a length, its checksum, a `tf.train.Example` and the checksum of that. CXR Foundation
also writes a bare Example as a file of its own.
"""

import struct
from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO, NamedTuple

import numpy as np

from errors import BadArrays

EMBEDDING, IMAGE = b"embedding", b"image/id"
HEAD, FOOT = struct.Struct("<QI"), 4
FLOAT_BYTES = 4
MAX_RECORD = 100_000_000
# The polynomial of CRC-32C, and what TensorFlow adds to a checksum after it has turned it.
POLYNOMIAL, MASK = 0x82F63B78, 0xA282EAD8
# Wire types of protocol buffers: whole numbers, 8 bytes, a length and its bytes, 4 bytes.
NUMBER, EIGHT, BYTES, FOUR = 0, 1, 2, 5
MAX_NUMBER_BYTES = 10


class Example(NamedTuple):
    """The embedding of an image, flat, and the image's id; "" if the record has none."""

    id: str
    values: np.ndarray


def examples(file: BinaryIO, size: int) -> Iterator[Example]:
    """The examples in a file of records, or the one in a file that is a bare Example."""
    head = file.read(HEAD.size)
    if not _is_head(head):
        if size > MAX_RECORD:
            raise BadArrays("it has no records of TensorFlow")
        yield _example(head + file.read())
        return
    while head:
        if not _is_head(head):
            raise BadArrays("the checksum of a record is wrong")
        length, _ = HEAD.unpack(head)
        data = file.read(min(length, MAX_RECORD + 1) + FOOT)
        if length > MAX_RECORD or len(data) < length + FOOT:
            raise BadArrays("a record is longer than the file or 100 MB")
        yield _example(data[:length])
        head = file.read(HEAD.size)


def _is_head(head: bytes) -> bool:
    """Whether bytes are the length of a record and the checksum of that length."""
    if len(head) < HEAD.size:
        return False
    _, checksum = HEAD.unpack(head)
    return bool(checksum == masked_checksum(head[:8]))


def masked_checksum(data: bytes) -> int:
    """The checksum that TensorFlow keeps of a few bytes."""
    state = 0xFFFFFFFF
    for byte in data:
        state ^= byte
        for _ in range(8):
            state = (state >> 1) ^ (POLYNOMIAL * (state & 1))
    state ^= 0xFFFFFFFF
    return ((state >> 15 | state << 17) + MASK) & 0xFFFFFFFF


def _example(data: bytes) -> Example:
    """The embedding and the id in an Example."""
    found = {
        key: value
        for features in _inside(data, 1)
        for entry in _inside(features, 1)
        for key in _inside(entry, 1)
        for value in _inside(entry, 2)
    }
    if EMBEDDING not in found:
        raise BadArrays(f"a record has no feature `embedding`, but {_listed(found)}")
    numbers = b"".join(each for values in _inside(found[EMBEDDING], 2) for each in _floats(values))
    if not numbers or len(numbers) % FLOAT_BYTES:
        raise BadArrays("`embedding` of a record is no list of floating-point numbers")
    names = [name for names in _inside(found.get(IMAGE, b""), 1) for name in _inside(names, 1)]
    return Example(_text(names), np.frombuffer(numbers, "<f4"))


def _text(names: list[bytes]) -> str:
    return names[0].decode(errors="replace") if names else ""


def _listed(found: dict[bytes, bytes]) -> str:
    return ", ".join(sorted(key.decode(errors="replace") for key in found)) or "none at all"


def _inside(message: bytes, number: int) -> Iterator[bytes]:
    """The bytes of each field of a message that has this number and a length."""
    return (value for found, kind, value in _fields(message) if (found, kind) == (number, BYTES))


def _floats(message: bytes) -> Iterator[bytes]:
    """The floats of a list, packed or one by one."""
    return (
        value for found, kind, value in _fields(message) if found == 1 and kind in (BYTES, FOUR)
    )


def _fields(message: bytes) -> Iterator[tuple[int, int, bytes]]:
    """The number, wire type and bytes of each field of a protocol buffer."""
    file = BytesIO(message)
    while file.tell() < len(message):
        key = _number(file)
        kind = key & 7
        if kind == NUMBER:
            _number(file)
            continue
        sizes = {EIGHT: 8, FOUR: 4}
        size = _number(file) if kind == BYTES else sizes.get(kind, len(message) + 1)
        if size > len(message) - file.tell():
            raise BadArrays("a record is no `tf.train.Example`")
        yield key >> 3, kind, file.read(size)


def _number(file: BytesIO) -> int:
    """A whole number of variable length."""
    value = 0
    for place in range(MAX_NUMBER_BYTES):
        byte = file.read(1)
        if not byte:
            break
        value |= (byte[0] & 0x7F) << 7 * place
        if byte[0] < 0x80:
            return value
    raise BadArrays("a record is no `tf.train.Example`")
