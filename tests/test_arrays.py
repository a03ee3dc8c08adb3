from io import BytesIO
from types import SimpleNamespace

import numpy as np
import pytest

import arrays
from errors import BadArrays
from tests import forgeries


def npz(**values):
    data = BytesIO()
    np.savez(data, **values)
    return data.getvalue()


def test_arrays_come_back_as_they_were_whatever_they_are_called():
    values = {"a": np.arange(6.0).reshape(2, 3), "b": np.array(["x", "yy"]), "c": np.zeros((0, 2))}
    found = arrays.read(npz(**values))
    assert list(found) == list(values)
    for name, expected in values.items():
        np.testing.assert_array_equal(found[name], expected)
        assert found[name].dtype == expected.dtype


@pytest.mark.parametrize(
    "data",
    [b"", b"no archive", npz(a=np.zeros(9))[:-40], npz(a=np.array([{}], object))],
    ids=["nothing", "text", "cut", "pickled"],
)
def test_bytes_that_are_no_plain_arrays_are_refused(data):
    with pytest.raises(BadArrays, match="no plain arrays"):
        arrays.read(data)


def test_an_array_that_declares_more_than_it_has_takes_no_memory():
    with pytest.raises(BadArrays, match="not as long as it says"):
        arrays.read(forgeries.array_bomb())


def test_an_archive_that_unpacks_to_more_than_it_is_long_is_refused():
    with pytest.raises(BadArrays, match="more arrays than the file has room for"):
        arrays.read(forgeries.zeros_bomb("a.npy", 2))


def test_learned_numbers_and_arrays_become_attributes():
    target = arrays.give(SimpleNamespace(), npz(words_=np.ones(3), count_=np.array(5)))
    assert target.count_ == 5
    np.testing.assert_array_equal(target.words_, np.ones(3))


@pytest.mark.parametrize("name", ["predict", "__class__", "_private_"])
def test_no_array_takes_the_place_of_a_method(name):
    with pytest.raises(BadArrays, match="no learned array can be called"):
        arrays.give(SimpleNamespace(), npz(**{name: np.ones(3)}))
