import json
import subprocess
import sys
import zipfile
from io import BytesIO
from types import SimpleNamespace

import numpy as np
import pytest

import arrays
from errors import BadArrays
from features.extractors.orb_words import OrbWords
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
    with pytest.raises(BadArrays, match="not a file of plain arrays"):
        arrays.read(data)


def test_an_array_that_declares_more_than_it_has_takes_no_memory():
    with pytest.raises(BadArrays, match="has another size than it declares"):
        arrays.read(forgeries.array_bomb())


def npy(values):
    data = BytesIO()
    np.save(data, values, allow_pickle=values.dtype.hasobject)
    return data.getvalue()


@pytest.mark.parametrize(
    "values", [np.arange(6.0).reshape(2, 3), np.asfortranarray(np.eye(3)[:2]), np.array(["x"])]
)
def test_a_single_array_comes_back_as_it_was(values):
    data = npy(values)
    found = arrays.plain_array(BytesIO(data), len(data))
    np.testing.assert_array_equal(found, values)
    assert found.dtype == values.dtype


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (npy(np.array([{}], object)), "pickled objects"),
        (npy(np.zeros(9))[:-1], "another size than it declares"),
        (npy(np.zeros(9)) + b"x", "another size than it declares"),
        (b"no array", "no plain array"),
        (b"", "no plain array"),
    ],
    ids=["pickled", "cut", "longer", "text", "nothing"],
)
def test_bytes_that_are_no_single_array_are_refused(data, reason):
    with pytest.raises(BadArrays, match=reason):
        arrays.plain_array(BytesIO(data), len(data))


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


class Learner:
    """Has learned an array and a number."""

    def __init__(self, n_words=2):
        self.n_words = n_words


def test_arrays_and_numbers_come_back_as_they_were():
    before, after = Learner(), Learner(n_words=7)
    before.words_, before.count_ = np.arange(6, dtype=np.float32).reshape(2, 3), 5
    arrays.give(after, arrays.learned_bytes(before))
    np.testing.assert_array_equal(after.words_, before.words_)
    assert after.words_.dtype == np.float32
    assert after.count_ == 5
    assert after.n_words == 7


def test_only_arrays_can_be_saved(tmp_path):
    before = Learner()
    before.words_ = np.array([print], dtype=object)
    with pytest.raises(ValueError, match="allow_pickle"):
        (tmp_path / "state.npz").write_bytes(arrays.learned_bytes(before))


def test_a_file_with_a_pickle_in_it_is_refused(tmp_path):
    np.savez(tmp_path / "state.npz", words_=np.array([{}], dtype=object))
    with pytest.raises(BadArrays, match="not a file of plain arrays"):
        arrays.give(Learner(), (tmp_path / "state.npz").read_bytes())


def test_the_file_holds_arrays_and_nothing_else(tmp_path):
    before = Learner()
    before.words_ = np.zeros(3)
    (tmp_path / "state.npz").write_bytes(arrays.learned_bytes(before))
    assert zipfile.ZipFile(tmp_path / "state.npz").namelist() == ["words_.npy"]


OTHER_PROCESS = """
import sys
from pathlib import Path
import numpy as np
from errors import BadArrays
import arrays
from features.extractors.orb_words import OrbWords
folder = Path(sys.argv[1])
words = arrays.give(OrbWords(n_words=4, image_size=128), (folder / "state.npz").read_bytes())
np.save(folder / "rows.npy", words.transform(np.load(folder / "films.npy")))
"""


@pytest.mark.slow
def test_another_process_gives_the_same_vectors(tmp_path, pytestconfig):
    images = np.random.default_rng(0).integers(0, 256, (4, 128, 128), dtype=np.uint8)
    words = OrbWords(n_words=4, image_size=128).fit(images)
    (tmp_path / "state.npz").write_bytes(arrays.learned_bytes(words))
    np.save(tmp_path / "films.npy", images)
    command = [sys.executable, "-c", OTHER_PROCESS, str(tmp_path)]
    subprocess.run(command, cwd=pytestconfig.rootpath, check=True)
    np.testing.assert_array_equal(np.load(tmp_path / "rows.npy"), words.transform(images))


def test_numbers_lose_their_array_type_and_keep_their_kind():
    numbers = [arrays.plain(value) for value in (np.int64(3), np.float64(0.5), 2)]
    assert json.dumps(numbers) == "[3, 0.5, 2]"


def test_nan_becomes_null():
    assert arrays.plain(np.nan) is None
    assert arrays.plain(np.float64("nan")) is None
