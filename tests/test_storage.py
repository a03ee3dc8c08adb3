import errno

import pandas as pd
import pytest

import storage
from errors import StorageFailed


def test_a_file_gets_its_name_once_all_is_written(tmp_path):
    path = tmp_path / "report.json"
    path.write_text("old")
    with storage.whole(path) as temporary:
        temporary.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_texts_and_tables_are_written_so(tmp_path):
    storage.write_text(tmp_path / "card.md", "95 % – fünf\n")
    storage.write_table(tmp_path / "table.csv", pd.DataFrame({"id": ["a"], "Mass": [0.5]}))
    assert (tmp_path / "card.md").read_bytes() == "95 % – fünf\n".encode()
    assert (tmp_path / "table.csv").read_text() == "id,Mass\na,0.5\n"
    assert len(list(tmp_path.iterdir())) == 2


def test_of_a_file_that_broke_off_nothing_is_left_but_the_old_one(tmp_path):
    path = tmp_path / "report.json"
    path.write_text("old")
    with pytest.raises(KeyError):
        _break_off(path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_gone_is_told(tmp_path):
    with pytest.raises(StorageFailed, match="No such file"):
        _break_off(tmp_path / "gone" / "report.json")


def test_a_full_disk_is_told_and_a_bug_stays_a_bug():
    full = OSError(errno.ENOSPC, "No space left on device", "report.json")
    words = r"report\.json must be on a disk.*Free some space"
    with pytest.raises(StorageFailed, match=words), storage.told():
        raise full
    with pytest.raises(FileNotFoundError), storage.told():
        raise FileNotFoundError(errno.ENOENT, "No such file", "typo")


def _break_off(path):
    with storage.whole(path) as temporary:
        temporary.write_text("half")
        raise KeyError
