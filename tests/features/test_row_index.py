from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from features import row_index
from features.row_index import KEY, Row, RowIndex


@pytest.fixture
def index():
    index = RowIndex()
    index.add("one", ["b", "a"], np.array([False, True]))
    index.add("two", ["d", "c"], np.array([False, False]))
    return index


def test_each_image_is_found_where_it_was_put(index):
    assert dict(index) == {
        "a": Row("one", 1, True),
        "b": Row("one", 0, False),
        "c": Row("two", 1, False),
        "d": Row("two", 0, False),
    }


def test_an_image_that_has_no_row_is_not_found(index):
    found = index.find(["", "c", "aa", "z"])
    assert (found["part"] >= 0).tolist() == [False, True, False, False]
    assert "aa" not in index


def test_nothing_is_found_in_nothing():
    assert RowIndex().find(["a"])["part"].tolist() == [-1]
    assert len(RowIndex()) == 0


def test_of_two_rows_of_an_image_the_later_counts(index):
    assert len(index) == 4
    index.add("three", ["a"], np.array([False]))
    assert index["a"] == Row("three", 0, False)
    assert len(index) == 4


def test_what_is_added_after_a_look_is_found_too(index):
    assert len(index) == 4
    index.add("three", ["e"], np.array([False]))
    assert index["e"].part == "three"
    assert index["b"].part == "one"


def test_many_images_are_found_as_in_a_dictionary():
    rng = np.random.default_rng(0)
    names = [f"{number:032x}" for number in rng.permutation(500)]
    index, plain = RowIndex(), {}
    for part in range(5):
        chosen = names[100 * part : 100 * part + 100]
        index.add(str(part), chosen, np.zeros(100, bool))
        plain |= {name: (str(part), place) for place, name in enumerate(chosen)}
    assert {name: index[name][:2] for name in names} == plain


def test_digests_may_come_as_an_array(index):
    asked = np.array([b"c", b"", b"a"], KEY)
    assert index.find(asked).tolist() == index.find(["c", "", "a"]).tolist()


def test_more_images_than_are_looked_up_at_once_are_found(index, monkeypatch):
    monkeypatch.setattr(row_index, "ROWS_AT_ONCE", 2)
    assert index.find(["d", "x", "c", "b", "a"])["place"].tolist() == [0, -1, 1, 0, 1]


def test_several_threads_may_look_at_once():
    index = RowIndex()
    names = [f"{number:032x}" for number in range(5_000)]
    index.add("part", names, np.zeros(len(names), bool))
    with ThreadPoolExecutor(4) as pool:
        looks = list(pool.map(lambda _: index.find(names)["place"].tolist(), range(8)))
    assert looks == [list(range(len(names)))] * 8
