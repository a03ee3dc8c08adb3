import errno
import gc
import os

import pytest

from errors import StorageFailed
from features.shelf import Shelf


@pytest.fixture
def refusing(tmp_path, monkeypatch):
    """Makes a shelf whose folder refuses every file with this error."""
    folder, real = tmp_path / "cache" / "store", os.replace

    def make(number, **options):
        def replace(self, target):
            if target.parent == folder:
                raise OSError(number, os.strerror(number))
            return real(self, target)

        monkeypatch.setattr("pathlib.Path.replace", replace)
        return Shelf(folder, **{"must_keep": False} | options)

    return make


def test_files_are_kept_in_the_folder(tmp_path):
    shelf = Shelf(tmp_path / "store", must_keep=False)
    shelf.write("part", b"rows")
    shelf.note("recipe.json", b"{}")
    assert shelf.place_of("part") == tmp_path / "store" / "part"
    assert {path.name for path in (tmp_path / "store").iterdir()} == {"part", "recipe.json"}


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.EPERM])
def test_what_a_folder_that_can_only_be_read_does_not_take_lasts_as_long_as_the_shelf(
    tmp_path, capsys, refusing, number
):
    shelf = refusing(number)
    for name in ("first", "second"):
        shelf.write(name, name.encode())
    place = shelf.place_of("first")
    assert (place.read_bytes(), place.parent.parent) != (b"", tmp_path / "cache")
    told = capsys.readouterr().err
    assert told.count("is read-only") == 1
    assert "name a folder of your own with --cache" in told
    del shelf
    gc.collect()
    assert not place.parent.exists()


def test_what_may_be_lacking_is_lacking_in_silence(refusing, capsys):
    refusing(errno.EROFS, must_keep=True).note("recipe.json", b"{}")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("number", "must_keep", "words"),
    [
        (errno.ENOSPC, False, "it is full"),
        (errno.ENOTDIR, False, "Move away the file"),
        (errno.EROFS, True, "read-only file system. Make the disk writable, or name another"),
        (errno.EACCES, True, "permission denied. Ask its owner"),
    ],
)
def test_what_must_be_kept_or_could_be_is_refused_with_the_reason(
    refusing, number, must_keep, words
):
    with pytest.raises(StorageFailed, match=words):
        refusing(number, must_keep=must_keep).write("part", b"rows")
