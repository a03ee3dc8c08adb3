import os
import time

import pytest

from features.digests import MEMO, Digests, state_of


@pytest.fixture
def film(tmp_path):
    path = tmp_path / "film.png"
    path.write_bytes(b"pixels")
    return str(path)


@pytest.fixture
def later(monkeypatch):
    """Time enough for every file to have settled."""
    now = time.time() + 60
    monkeypatch.setattr(time, "time", lambda: now)


def remembered(cache, film):
    digests = Digests(cache)
    digests.remember(film, state_of(film), "abc")
    digests.save()
    return Digests(cache)


def test_an_unchanged_file_is_known_in_the_next_run(tmp_path, film, later):
    assert remembered(tmp_path, film).of(film) == "abc"


def test_a_changed_file_is_not_known(tmp_path, film, later):
    digests = remembered(tmp_path, film)
    with open(film, "wb") as file:
        file.write(b"others")
    assert digests.of(film) == ""


def test_setting_the_time_of_modification_back_does_not_hide_a_change(tmp_path, film, later):
    digests = remembered(tmp_path, film)
    before = os.stat(film)
    with open(film, "wb") as file:
        file.write(b"others")
    os.utime(film, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert os.stat(film).st_size == before.st_size
    assert digests.of(film) == ""


def test_a_file_that_changed_just_now_is_not_trusted_in_the_next_run(tmp_path, film):
    digests = Digests(tmp_path)
    digests.remember(film, state_of(film), "abc")
    digests.save()
    assert digests.of(film) == "abc"
    assert Digests(tmp_path).of(film) == ""


def test_a_missing_file_has_no_digest(tmp_path, film, later):
    digests = remembered(tmp_path, film)
    os.unlink(film)
    assert digests.of(film) == ""
    assert state_of(film) is None


@pytest.mark.parametrize("content", [b"", b"PAR1 broken PAR1", b"x" * 100])
def test_a_damaged_memo_is_only_forgotten(tmp_path, film, content):
    (tmp_path / MEMO).write_bytes(content)
    assert Digests(tmp_path).of(film) == ""


def test_what_was_read_is_known_though_the_file_is_gone_since(tmp_path, film):
    digests = Digests(tmp_path)
    digests.remember(film, state_of(film), "abc")
    os.unlink(film)
    assert (digests.of(film), digests.last(film)) == ("", "abc")
    assert digests.last("never seen") == ""


def test_a_film_that_was_not_there_when_its_state_was_asked_is_read_again(tmp_path, film):
    digests = Digests(tmp_path)
    digests.remember(film, None, "abc")
    assert (digests.of(film), digests.last(film)) == ("", "abc")
