import errno
import gc

import pytest

from errors import StorageFailed
from features.spare import Spare


def failed(number):
    try:
        raise StorageFailed("no") from OSError(number, "no")
    except StorageFailed as error:
        return error


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.EPERM])
def test_it_takes_what_a_folder_that_can_only_be_read_does_not(tmp_path, capsys, number):
    spare = Spare(tmp_path / "cache" / str(number) / "store", allowed=True)
    assert spare.takes(failed(number))
    assert spare.takes(failed(number))
    told = capsys.readouterr().err
    assert told.count("can be read but not written (no)") == 1
    assert "name a folder of your own with --cache" in told


@pytest.mark.parametrize(
    ("number", "allowed"), [(errno.ENOSPC, True), (errno.ENOTDIR, True), (errno.EROFS, False)]
)
def test_it_takes_nothing_else_and_nothing_where_it_may_not(tmp_path, number, allowed):
    assert not Spare(tmp_path / "store", allowed=allowed).takes(failed(number))


def test_what_it_holds_is_there_until_it_is_gone(tmp_path):
    spare = Spare(tmp_path, allowed=True)
    assert spare.place_of("part") == tmp_path / "part"
    spare.write("part", b"rows")
    place = spare.place_of("part")
    assert place.read_bytes() == b"rows"
    assert spare.place_of("other") == tmp_path / "other"
    del spare
    gc.collect()
    assert not place.parent.exists()
