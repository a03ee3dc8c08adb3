import sqlite3

import numpy as np
import pytest

from errors import StorageFailed
from features import scratch
from features.scratch import Scratch


@pytest.fixture
def rows():
    rows = Scratch("place", "name")
    rows.put([("b", 1, "second"), ("a", 2, "first")])
    return rows


def test_a_row_is_found_by_its_key(rows):
    assert rows.get("b") == ("b", 1, "second")
    assert rows.get("c") is None
    assert len(rows) == 2


def test_of_two_rows_of_a_key_the_later_counts(rows):
    rows.put([("a", 3, "third"), ("a", 4, "fourth")])
    assert rows.get("a") == ("a", 4, "fourth")
    assert len(rows) == 2


def test_a_row_that_is_forgotten_is_gone(rows):
    rows.forget("a")
    rows.forget("never there")
    assert list(rows) == [("b", 1, "second")]


def test_rows_may_change_while_they_are_gone_through(monkeypatch):
    monkeypatch.setattr(scratch, "ROWS_AT_ONCE", 3)
    rows = Scratch("place")
    rows.put((f"{place:02d}", place) for place in range(10))
    seen = []
    for key, place in rows:
        seen.append(place)
        rows.put([(key, -place)]) if place % 2 else rows.forget(key)
    assert seen == list(range(10))
    assert [place for _, place in rows] == [-1, -3, -5, -7, -9]


def test_more_rows_than_memory_is_given_are_found_as_in_a_dictionary(monkeypatch):
    monkeypatch.setattr(scratch, "MEGABYTES_IN_MEMORY", 0.1)
    numbers = np.random.default_rng(0).permutation(20_000).tolist()
    rows, plain = Scratch("place"), {}
    for start in range(0, len(numbers), 500):
        new = {f"{number:032x}": number for number in numbers[start : start + 500]}
        rows.put(new.items())
        plain |= new
    assert dict(rows) == plain
    assert [rows.get(key) for key in list(plain)[::97]] == list(plain.items())[::97]


def test_a_full_disk_is_a_sentence(rows):
    rows._database.execute("PRAGMA max_page_count = 4")
    with pytest.raises(StorageFailed, match=r"temporary files must have room.*TMPDIR=FOLDER"):
        rows.put((f"{place:0999d}", place, "") for place in range(100))
    assert rows.get("b") == ("b", 1, "second")


def test_its_database_is_closed_with_it():
    made = Scratch("value")
    database = made._database
    del made
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        database.execute("SELECT 1")


def test_rows_of_several_keys_come_in_the_order_asked_for(rows, monkeypatch):
    monkeypatch.setattr(scratch, "ROWS_AT_ONCE", 2)
    found = list(rows.several(np.array(["b", "c", "a", "b"], object)))
    assert found == [rows.get("b"), None, rows.get("a"), rows.get("b")]
    assert list(rows.several(np.array([], object))) == []
