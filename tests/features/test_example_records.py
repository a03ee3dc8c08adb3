from io import BytesIO

import numpy as np
import pytest

from errors import BadArrays
from features import example_records
from tests.features.embedded import example, record

VALUES = np.array([0.5, -2, 1e-3], np.float32)


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


@pytest.mark.slow
def test_tensorflow_writes_what_is_read(tmp_path):
    import tensorflow as tf

    made = tf.train.Example()
    made.features.feature["embedding"].float_list.value[:] = VALUES
    made.features.feature["image/id"].bytes_list.value[:] = [b"a.png"]
    made.features.feature["view"].int64_list.value[:] = [3]
    with tf.io.TFRecordWriter(str(tmp_path / "e.tfrecord")) as writer:
        writer.write(made.SerializeToString())
    (found,) = read((tmp_path / "e.tfrecord").read_bytes())
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
