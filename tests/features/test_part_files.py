import pickle
from io import BytesIO

import numpy as np
import pytest

from features import part_files
from features.part_files import Rows
from tests.features import forgeries


@pytest.mark.parametrize("values", [np.eye(2, 5, dtype=np.float32), np.eye(2, 5, dtype=np.uint8)])
def test_rows_come_back_as_they_were_written(values):
    found = part_files.read(part_files.to_bytes(Rows(["a", "b"], ["1", "2"], values, "words")))
    np.testing.assert_array_equal(found.values, values)
    assert found.values.dtype == values.dtype
    assert (found.ids, found.digests, found.learned) == (["a", "b"], ["1", "2"], "words")
    assert found.kind == (5, str(values.dtype))


def test_numbers_of_more_bits_are_kept_as_32():
    rows = Rows(["a"], ["1"], np.array([[0.1, 2.0]]), "")
    assert rows.kind == part_files.read(part_files.to_bytes(rows)).kind == (2, "float32")


def test_what_forgeries_begin_with_is_a_part():
    for data in (forgeries.part(), forgeries.many()):
        assert part_files.read(data) is not None


@pytest.mark.parametrize("kind", forgeries.KINDS)
def test_what_was_not_written_here_is_no_part(kind):
    assert part_files.read(forgeries.KINDS[kind]()) is None


def test_nothing_in_a_part_is_unpickled(monkeypatch):
    monkeypatch.setattr(pickle, "loads", lambda *_: pytest.fail("unpickled"))
    for make in forgeries.KINDS.values():
        part_files.read(make())


def test_rows_are_counted_without_reading_them():
    data = forgeries.many()
    assert part_files.count(BytesIO(data), len(data)) == forgeries.ROWS


@pytest.mark.parametrize("count", [2**60, -1])
def test_a_count_that_cannot_be_is_none(count):
    data = forgeries.with_rows(count)
    assert part_files.count(BytesIO(data), len(data)) == 0
    assert part_files.count(BytesIO(b"nothing"), 7) == 0
