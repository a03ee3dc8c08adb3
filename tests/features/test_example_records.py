from io import BytesIO

import numpy as np
import pytest

from errors import BadArrays
from features import example_records
from tests.features.embedded import example, record

VALUES = np.array([0.5, -2, 1e-3], np.float32)
OF_TENSORFLOW = (
    "4700000000000000bac3fb9b0a450a1d0a09656d62656464696e671210120e0a0c0000003f000000c06f12833a0a15"
    "0a08696d6167652f696412090a070a05612e706e670a0d0a047669657712051a030a010377ffc9c1"
)


def read(data):
    return list(example_records.examples(BytesIO(data), len(data)))


def test_records_give_ids_and_embeddings_in_their_order():
    found = read(record(example("a.png", VALUES)) + record(example("b.png", 2 * VALUES)))
    assert [each.id for each in found] == ["a.png", "b.png"]
    np.testing.assert_array_equal([each.values for each in found], [VALUES, 2 * VALUES])


def test_a_bare_example_without_records_is_read_too():
    (found,) = read(example("", VALUES))
    assert found.id == ""
    np.testing.assert_array_equal(found.values, VALUES)


def test_floats_that_are_not_packed_are_read():
    floats = b"".join(b"\x0d" + value.tobytes() for value in VALUES)
    packed = b"\x0a" + bytes([len(VALUES.tobytes())]) + VALUES.tobytes()
    data = example("", VALUES)
    grown = len(floats) - len(packed)
    assert packed in data
    loose = bytearray(data.replace(packed, floats))
    # Every message around the floats is longer by as much.
    for place in (1, 3, 16, 18):
        loose[place] += grown
    np.testing.assert_array_equal(read(bytes(loose))[0].values, VALUES)


def test_the_checksum_is_that_of_tensorflow():
    # The CRC-32C of these digits is the check value of its definition.
    turned = (0xE3069283 >> 15 | 0xE3069283 << 17) & 0xFFFFFFFF
    expected = (turned + 0xA282EAD8) & 0xFFFFFFFF
    assert example_records.masked_checksum(b"123456789") == expected


def test_what_tensorflow_writes_is_read():
    """A record of TFRecordWriter with these values, an id and the whole number `view` 3."""
    (found,) = read(bytes.fromhex(OF_TENSORFLOW))
    assert found.id == "a.png"
    np.testing.assert_array_equal(found.values, VALUES)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"no record at all, but text", "no `tf.train.Example`"),
        (record(example("a", VALUES))[:-9], "longer than the file"),
        (record(example("a", VALUES)) + b"x" * 12, "checksum of a record is wrong"),
        (example("a", VALUES).replace(b"embedding", b"something"), "but image/id, something"),
        (example("a", VALUES[:0]), "no list of floating-point numbers"),
        (b"\x0a\xff\xff\xff\xff\x7f", "no `tf.train.Example`"),
        (b"\xff" * 40, "no `tf.train.Example`"),
    ],
    ids=["text", "cut", "changed", "other", "empty", "too long", "endless"],
)
def test_bytes_that_are_no_such_records_are_refused(data, reason):
    with pytest.raises(BadArrays, match=reason):
        read(data)
