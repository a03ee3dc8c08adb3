from pathlib import Path

import numpy as np
import pytest

from datasets.image_ids import rows_of
from errors import BadTable
from tests import fakes


def images(*paths, ids=None):
    ids = np.array(ids or paths, object)
    paths = np.array(paths, object)
    return fakes.images(np.zeros((len(paths), 1)), ids=ids, paths=paths, patients=list(ids))


def test_ids_come_first_and_then_paths():
    found, moved = rows_of(["b", "film", "c"], images("/x/b.png", "/x/a.png", ids=["b", "film"]))
    assert (found.tolist(), moved) == ([0, 1], [])


def test_images_without_an_id_have_no_row():
    found, _ = rows_of(["a.png"], images("/x/a.png", "/x/b.png"))
    assert found.tolist() == [0, -1]


def test_folders_tell_images_of_one_name_apart():
    found, moved = rows_of(["p2/a", "p1/a", "p3/a"], images("/x/p1/a.png", "/x/p2/a.png"))
    assert (found.tolist(), moved) == ([1, 0], [])


def test_an_id_of_another_folder_is_reported_with_its_image():
    found, moved = rows_of(["old/a.png"], images("/x/new/a.png"))
    assert (found.tolist(), moved) == ([0], [("old/a.png", Path("/x/new/a.png"))])


def test_images_without_files_are_matched_by_their_ids():
    found, _ = rows_of(["a"], images("", ids=["a.png"]))
    assert found.tolist() == [0]


def test_an_id_that_fits_two_images_is_refused():
    with pytest.raises(BadTable, match="must match one image file"):
        rows_of(["a.png"], images("/x/p1/a.png", "/x/p2/a.png"))
