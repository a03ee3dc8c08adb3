import os

import pytest

from datasets.files import by_name, find_images
from errors import DatasetNotFound
from tests import fakes


def test_images_are_found_in_every_folder_but_hidden_ones(tmp_path):
    for name in ("a.png", "x/b.JPG", ".hidden/c.png", "x/notes.txt", "x/._d.png"):
        fakes.write_picture(tmp_path / "new.png")
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / "new.png").rename(tmp_path / name)
    assert find_images(tmp_path) == [tmp_path / "a.png", tmp_path / "x" / "b.JPG"]


def test_a_film_saved_again_as_jpeg_is_still_found(tmp_path):
    files = [tmp_path / "a.jpg", tmp_path / "b.png", tmp_path / "b.jpg"]
    found = by_name(["a.png", "b.png", "c.png"], files)
    assert found == {"a.png": tmp_path / "a.jpg", "b.png": tmp_path / "b.png"}


def test_a_name_that_no_table_can_hold_is_refused(tmp_path):
    with open(os.fsencode(tmp_path) + b"/film\xff.png", "wb"):
        pass
    with pytest.raises(DatasetNotFound, match=r"must be UTF-8; got b'.*film\\xff\.png'\. Rename"):
        find_images(tmp_path)
