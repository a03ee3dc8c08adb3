import errno
import os
import socket
from pathlib import Path

import pandas as pd
import pytest

import storage
from errors import FileUnreadable, StorageFailed


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
    with pytest.raises(StorageFailed, match="no such file"):
        _break_off(tmp_path / "gone" / "report.json")


def test_a_full_disk_is_told_and_a_bug_stays_a_bug():
    full = OSError(errno.ENOSPC, "No space left on device", "report.json")
    words = r"report\.json must be on a writable disk.*Free some space"
    with pytest.raises(StorageFailed, match=words), storage.disk_errors():
        raise full
    with pytest.raises(FileNotFoundError), storage.disk_errors():
        raise FileNotFoundError(errno.ENOENT, "No such file", "typo")


REASONS = {
    errno.ENOSPC: "Free some space, or",
    errno.EROFS: "Make the disk writable, or",
    errno.EACCES: "Ask its owner for permission to write there, or",
    errno.ENOTDIR: "Move away the file that has the name of a folder, or",
    errno.EISDIR: "Move away the folder with this name, or",
    errno.EIO: "Check the disk, or",
}


@pytest.mark.parametrize("number", REASONS)
def test_each_reason_for_which_nothing_is_written_has_its_own_advice(number):
    told = storage.why("report.json", OSError(number, os.strerror(number)))
    others = [words for other, words in REASONS.items() if other != number]
    assert REASONS[number] in told
    assert not any(words in told for words in others)


def test_what_may_be_neither_read_nor_written_is_no_full_disk():
    words = r"x must be accessible to you.*permission denied\. Ask its owner"
    with pytest.raises(StorageFailed, match=words), storage.disk_errors():
        raise PermissionError(errno.EACCES, "Permission denied", "x")


def _break_off(path):
    with storage.whole(path) as temporary:
        temporary.write_text("half")
        raise KeyError


def a_pipe(path):
    os.mkfifo(path)


def a_socket(path):
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.path.relpath(path))


SPECIAL = {
    "a named pipe": a_pipe,
    "a socket": a_socket,
    "a folder": Path.mkdir,
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "too many levels": lambda path: path.symlink_to(path),
}


@pytest.mark.parametrize("what", SPECIAL)
@pytest.mark.parametrize("read", [storage.read_bytes, storage.read_text, storage.check_readable])
def test_what_is_no_regular_file_is_refused_without_waiting(tmp_path, monkeypatch, what, read):
    monkeypatch.chdir(tmp_path)
    SPECIAL[what](tmp_path / "film.png")
    with pytest.raises(FileUnreadable, match=rf"film\.png must be a .* file;.* {what}") as told:
        read(tmp_path / "film.png")
    assert what in told.value.strerror


def test_a_pipe_that_takes_a_files_place_at_the_last_moment_is_refused(tmp_path, monkeypatch):
    path, real = tmp_path / "film.png", os.open
    path.write_bytes(b"film")

    def swapped(name, flags):
        path.unlink()
        os.mkfifo(path)
        return real(name, flags)

    monkeypatch.setattr(os, "open", swapped)
    with pytest.raises(FileUnreadable, match="a named pipe"):
        storage.read_bytes(path)


def test_a_link_to_a_file_is_read(tmp_path):
    (tmp_path / "film.png").write_bytes(b"film")
    (tmp_path / "link.png").symlink_to(tmp_path / "film.png")
    assert storage.read_bytes(tmp_path / "link.png") == b"film"


def test_a_missing_file_stays_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        storage.read_bytes(tmp_path / "none.png")


@pytest.mark.parametrize("name", ["a\0b.png", "a\ud800b.png", "a" * 300])
def test_a_name_that_no_file_can_have_is_refused(tmp_path, name):
    with pytest.raises(FileUnreadable, match="must be a readable file"):
        storage.read_bytes(tmp_path / name)


def test_a_file_over_the_limit_is_refused_unread(tmp_path):
    with (tmp_path / "big").open("wb") as file:
        file.truncate(3_000_000_000_000)
    with pytest.raises(FileUnreadable, match="it has 3,000,000 MB, and the limit is 600 MB"):
        storage.read_bytes(tmp_path / "big", 600_000_000)
    (tmp_path / "fits").write_bytes(bytes(10))
    assert storage.read_bytes(tmp_path / "fits", 10) == bytes(10)


@pytest.mark.skipif(not Path("/proc/self/pagemap").exists(), reason="needs Linux")
def test_a_file_without_a_size_is_read_as_far_as_it_is_short():
    assert storage.read_bytes("/proc/self/stat").startswith(str(os.getpid()).encode())
    with pytest.raises(FileUnreadable, match="no fixed size"):
        storage.read_bytes("/proc/self/pagemap")


def test_a_file_without_permission_is_called_that(tmp_path, monkeypatch):
    (tmp_path / "film.png").write_bytes(b"film")

    def locked(path, flags):
        raise PermissionError(errno.EACCES, "Permission denied", path)

    monkeypatch.setattr(os, "open", locked)
    with pytest.raises(FileUnreadable, match=r"permission denied\. Ask its owner") as told:
        storage.read_bytes(tmp_path / "film.png")
    assert told.value.strerror == "permission denied"


def test_what_cannot_be_read_is_not_taken_for_a_full_disk(tmp_path):
    with pytest.raises(FileUnreadable), storage.disk_errors():
        storage.read_bytes(tmp_path)
    with pytest.raises(FileUnreadable), storage.whole(tmp_path / "out") as path:
        path.write_bytes(storage.read_bytes(tmp_path))


def test_the_digest_of_a_file_is_that_of_its_bytes(tmp_path):
    (tmp_path / "f").write_bytes(b"weights")
    assert storage.sha256_of_file(tmp_path / "f") == storage.sha256_of(b"weights")


def test_a_file_that_changes_has_another_state(tmp_path):
    path = tmp_path / "f"
    path.write_bytes(b"one")
    before = storage.state_of(str(path))
    path.write_bytes(b"other")
    assert storage.state_of(str(path)) != before
