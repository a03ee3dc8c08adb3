import errno
import fcntl
import gc
import os

import pytest

from features import locks
from features.locks import Lock, Owner


def state(place):
    with locks.alone(place) as (found, _):
        return found


def test_a_folder_that_is_shared_is_used_until_its_owners_are_gone(tmp_path):
    owners = [Owner(), Owner()]
    assert all(locks.share(tmp_path, owner) for owner in owners)
    for _ in range(2):
        assert state(tmp_path) == Lock.USED
        owners.pop()
        gc.collect()
    assert state(tmp_path) == Lock.OURS


def test_a_file_is_locked_like_a_folder(tmp_path):
    (tmp_path / "token").touch()
    owner = Owner()
    assert locks.share(tmp_path / "token", owner)
    assert state(tmp_path / "token") == Lock.USED


def test_nobody_else_gets_a_folder_alone_meanwhile(tmp_path):
    with locks.alone(tmp_path) as (first, _):
        assert (first, state(tmp_path)) == (Lock.OURS, Lock.USED)
    assert state(tmp_path) == Lock.OURS


def test_a_folder_that_was_removed_is_not_shared(tmp_path, monkeypatch):
    folder = tmp_path / "store"
    assert not locks.share(folder, Owner())
    folder.mkdir()
    real = fcntl.flock

    def removed_meanwhile(descriptor, how):
        folder.rmdir()
        folder.mkdir()
        real(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", removed_meanwhile)
    owner = Owner()
    assert not locks.share(folder, owner)
    monkeypatch.undo()
    assert locks.share(folder, owner)


def test_a_link_is_never_had_alone(tmp_path):
    (tmp_path / "store").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "store")
    with pytest.raises(OSError, match="symbolic links"):
        state(tmp_path / "link")


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.EBADF])
def test_a_disk_without_locks_is_known_as_such_and_keeps_nobody_from_work(
    tmp_path, monkeypatch, number
):
    def refuse(descriptor, how):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", refuse)
    assert locks.share(tmp_path, Owner())
    assert state(tmp_path) == Lock.UNKNOWN
