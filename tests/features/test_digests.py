import errno
import os
import time

import numpy as np
import pyarrow as pa
import pytest

from features.digests import MEMO, Digests
from storage import state_of
from tests.features import forgeries


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "film.png"
    path.write_bytes(b"pixels")
    return str(path)


@pytest.fixture
def later(monkeypatch):
    """Time enough for every file to have settled."""
    now = time.time() + 60
    monkeypatch.setattr(time, "time", lambda: now)


def remembered(cache, image):
    digests = Digests(cache)
    digests.remember(image, state_of(image), "abc")
    digests.save()
    return Digests(cache)


def test_an_unchanged_file_is_known_in_the_next_run(tmp_path, image, later):
    assert remembered(tmp_path, image).of(image) == "abc"


def test_a_changed_file_is_not_known(tmp_path, image, later):
    digests = remembered(tmp_path, image)
    with open(image, "wb") as file:
        file.write(b"others")
    assert digests.of(image) == ""


def test_setting_the_time_of_modification_back_does_not_hide_a_change(tmp_path, image, later):
    digests = remembered(tmp_path, image)
    before = os.stat(image)
    with open(image, "wb") as file:
        file.write(b"others")
    os.utime(image, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert os.stat(image).st_size == before.st_size
    assert digests.of(image) == ""


def test_a_file_that_changed_just_now_is_not_trusted_in_the_next_run(tmp_path, image):
    digests = Digests(tmp_path)
    digests.remember(image, state_of(image), "abc")
    digests.save()
    assert digests.of(image) == "abc"
    assert Digests(tmp_path).of(image) == ""


def test_a_missing_file_has_no_digest(tmp_path, image, later):
    digests = remembered(tmp_path, image)
    os.unlink(image)
    assert digests.of(image) == ""
    assert state_of(image) is None


@pytest.mark.parametrize("content", [b"", b"PAR1 broken PAR1", b"x" * 100])
def test_a_damaged_memo_is_only_forgotten(tmp_path, image, content):
    (tmp_path / MEMO).write_bytes(content)
    assert Digests(tmp_path).of(image) == ""


def test_a_memo_that_cannot_be_saved_is_a_warning(tmp_path, image, monkeypatch, capsys):
    def refuse(self, target):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("pathlib.Path.replace", refuse)
    digests = remembered(tmp_path, image)
    assert digests.of(image) == ""
    told = capsys.readouterr().err.replace("\n", " ")
    assert told.startswith(f"warning: {tmp_path / MEMO} must be writable")
    assert "read-only file system" in told
    assert "every run reads all images again" in told


def memo(rows=3, **columns):
    kept = {"path": [f"f{row}" for row in range(rows)], "digest": ["d"] * rows}
    numbers = {name: [row for row in range(rows)] for name in ("size", "changed", "inode")}
    return pa.table({"path": kept["path"]} | numbers | {"digest": kept["digest"]} | columns)


def said_rows(count):
    many = forgeries.written(memo(forgeries.ROWS), None)
    said = b"\x16" + forgeries.number(forgeries.ROWS)
    return forgeries.footer(many, lambda old: old.replace(said, b"\x16" + forgeries.number(count)))


FORGED = {
    "paths that are null": lambda: forgeries.written(memo(path=["a", None, "c"]), None),
    "digests that are null": lambda: forgeries.written(memo(digest=["a", None, "c"]), None),
    "sizes that are null": lambda: forgeries.written(memo(size=[1, None, 3]), None),
    "paths that are no text": lambda: forgeries.written(memo(path=forgeries.not_utf8()), None),
    "paths that are lists": lambda: forgeries.written(memo(path=[["a"]] * 3), None),
    "sizes that are words": lambda: forgeries.written(memo(size=["big"] * 3), None),
    "sizes past 64 bits": lambda: forgeries.written(memo(size=[2.0**70] * 3), None),
    "digests that are too long": lambda: forgeries.written(memo(digest=["d" * 33] * 3), None),
    "digests with other letters": lambda: forgeries.written(memo(digest=["\u00e9"] * 3), None),
    "another column": lambda: forgeries.written(memo(code=["import os"] * 3), None),
    "no digests": lambda: forgeries.written(memo().drop_columns("digest"), None),
    "no columns": lambda: forgeries.written(pa.table({}), None),
    "more rows than bytes": lambda: said_rows(2**60),
    "less than no rows": lambda: said_rows(-1),
    "more rows than at once": lambda: forgeries.written(
        memo(3_000_000, path=pa.array(["a"] * 3_000_000)),
        None,
        use_dictionary=True,
        row_group_size=2**30,
    ),
    "an encrypted footer": lambda: forgeries.written(memo(), None)[:-4] + b"PARE",
    "half": lambda: forgeries.written(memo(), None)[:200],
}


@pytest.mark.parametrize("kind", FORGED)
def test_a_forged_memo_is_only_forgotten(tmp_path, kind):
    (tmp_path / MEMO).write_bytes(FORGED[kind]())
    assert len(Digests(tmp_path)) == 0


def test_a_memo_of_an_earlier_version_with_all_rows_at_once_is_read(tmp_path):
    (tmp_path / MEMO).write_bytes(forgeries.written(memo(100_000), None))
    assert len(Digests(tmp_path)) == 100_000


@pytest.mark.parametrize("name", ["a\0b", "/dev/zero", "x" * 300])
def test_a_path_that_is_no_image_has_no_digest(tmp_path, name):
    digests = Digests(tmp_path)
    digests.remember(name, None, "abc")
    assert digests.of(name) == ""


def test_a_pipe_in_the_memos_place_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / MEMO)
    assert len(Digests(tmp_path)) == 0


def test_what_was_read_is_known_though_the_file_is_gone_since(tmp_path, image):
    digests = Digests(tmp_path)
    digests.remember(image, state_of(image), "abc")
    os.unlink(image)
    assert (digests.of(image), digests.last(image)) == ("", "abc")
    assert digests.last("never seen") == ""


def test_an_image_that_was_not_there_when_its_state_was_asked_is_read_again(tmp_path, image):
    digests = Digests(tmp_path)
    digests.remember(image, None, "abc")
    assert (digests.of(image), digests.last(image)) == ("", "abc")


def test_many_files_are_looked_up_as_single_ones_are(tmp_path, image):
    other = tmp_path / "other.png"
    other.write_bytes(b"pixels")
    digests = Digests(tmp_path)
    for path in (image, str(other)):
        digests.remember(path, state_of(path), "abc")
    other.write_bytes(b"changed")
    paths = np.array([str(other), "never seen", image], object)
    assert digests.each(paths).astype(str).tolist() == [digests.of(path) for path in paths]
    assert digests.each_last(paths) == [digests.last(path) for path in paths] == ["abc", "", "abc"]
