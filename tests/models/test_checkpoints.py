import os
from pathlib import Path

import numpy as np
import pytest

from errors import InvalidOption, StorageFailed
from models.checkpoints import Checkpoint, clear

ARRAYS = {"weights": np.arange(6.0).reshape(2, 3), "seed": np.array([1, 2], np.uint32)}


@pytest.fixture
def checkpoint(tmp_path):
    return Checkpoint(tmp_path / "training", "these options")


def test_arrays_come_back_as_they_were_and_in_their_order(checkpoint):
    checkpoint.save("state", ARRAYS)
    found = checkpoint.load("state")
    assert list(found) == list(ARRAYS)
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(found[name], array)
        assert found[name].dtype == array.dtype


def test_what_was_never_kept_is_nothing(checkpoint):
    assert checkpoint.load("state") == {}


def test_without_a_folder_nothing_is_kept():
    nowhere = Checkpoint(None, "these options")
    nowhere.save("state", ARRAYS)
    assert nowhere.load("state") == {}
    assert nowhere.logs is None


def test_another_training_is_not_gone_on_with(checkpoint):
    checkpoint.save("state", ARRAYS)
    other = Checkpoint(checkpoint.folder, "other options")
    with pytest.raises(InvalidOption, match="belongs to another"):
        other.load("state")


def test_a_write_that_is_cut_short_leaves_the_last_one(checkpoint, monkeypatch):
    checkpoint.save("state", ARRAYS)

    def killed(path, target):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        checkpoint.save("state", {"weights": np.zeros(1)})
    np.testing.assert_array_equal(checkpoint.load("state")["weights"], ARRAYS["weights"])


def test_where_nothing_can_be_written_it_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageFailed, match="must have room"):
        Checkpoint(tmp_path / "file", "").save("state", ARRAYS)


def test_a_training_is_forgotten_whether_it_is_there_or_not(checkpoint):
    checkpoint.save("state", ARRAYS)
    clear(checkpoint.folder)
    assert not os.path.exists(checkpoint.folder)
    clear(checkpoint.folder)


def test_a_damaged_state_is_not_gone_on_with(checkpoint):
    checkpoint.save("state", ARRAYS)
    path = checkpoint.folder / "state.npz"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(InvalidOption, match="damaged"):
        checkpoint.load("state")
