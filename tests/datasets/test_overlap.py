from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from datasets import overlap
from datasets.images import NOBODY_KNOWN
from tests import fakes


def written(folder, contents, ids=None, patients=None):
    folder.mkdir()
    names = ids or [f"{folder.name}{row}.png" for row in range(len(contents))]
    for name, content in zip(names, contents, strict=True):
        (folder / name).write_bytes(content)
    paths = np.array([str(folder / name) for name in names], object)
    images = fakes.images(np.ones((len(names), 1)), patients, ids=np.array(names, object))
    return replace(images, source=folder.name, paths=paths)


BIG = bytes(range(256)) * 64


def test_files_of_one_content_are_found_under_any_name(tmp_path):
    first = written(tmp_path / "a", [b"one", BIG, b"two"])
    second = written(tmp_path / "b", [BIG, b"new", b"six"])
    assert overlap.identical(first, second) == [(1, 0)]


@pytest.mark.parametrize("place", [0, 8000, -1])
def test_files_that_differ_in_one_byte_are_not_the_same(tmp_path, place):
    other = bytearray(BIG)
    other[place] ^= 1
    pair = written(tmp_path / "a", [BIG]), written(tmp_path / "b", [bytes(other)])
    assert overlap.identical(*pair) == []


def test_images_of_one_name_count_whatever_their_folder_and_kind(tmp_path):
    first = written(tmp_path / "a", [b"1", b"2"], ["x.png", "Y.PNG"])
    second = written(tmp_path / "b", [b"3", b"4"], ["y.jpg", "z.png"])
    assert overlap.overlap(first, second).names == 1


def test_patients_count_by_name_and_by_files(tmp_path):
    first = written(tmp_path / "a", [b"1", b"2", b"3"], patients=["p", "p", "q"])
    second = written(tmp_path / "b", [b"1", b"2", b"9"], patients=["r", "r", "q"])
    found = overlap.overlap(first, second)
    assert (found.files, found.patients_of_files, found.patients_of_one_name) == (2, 1, 1)


def test_a_number_with_zeros_before_it_is_the_same_patient(tmp_path):
    first = written(tmp_path / "a", [b"1", b"2"], patients=["00000013", "0x"])
    second = written(tmp_path / "b", [b"3", b"4"], patients=["13", "x"])
    assert overlap.overlap(first, second).patients_of_one_name == 1


def test_patients_that_are_unknown_are_not_counted_by_name(tmp_path):
    first = written(tmp_path / "a", [b"1"])
    second = replace(written(tmp_path / "b", [b"1"]), patients_from=NOBODY_KNOWN)
    assert overlap.overlap(first, second).patients_of_one_name is None


def test_images_without_files_have_no_content_in_common():
    images = fakes.images(np.ones((2, 1)))
    assert not Path(images.paths[0]).is_file()
    assert overlap.overlap(images, images).files == 0


def test_data_sets_of_nih_images_are_named():
    sets = [
        fakes.images(np.ones((1, 1)), source="nih", format="nih"),
        fakes.images(np.ones((1, 1)), source="rsna", notes=(overlap.NIH_IMAGES,)),
    ]
    assert overlap.kinship(sets).startswith("nih and rsna hold images of NIH ChestX-ray14")
    assert overlap.kinship(sets[:1]) == ""


def test_images_that_share_a_name_or_a_patient_are_marked(tmp_path):
    first = written(tmp_path / "a", [b"1", b"2", b"3"], ["x.png", "y.png", "z.png"], [*"pqr"])
    second = written(tmp_path / "b", [b"4", b"5"], ["X.jpg", "w.jpg"], ["s", "q"])
    assert overlap.shared_names(first, second).tolist() == [True, True, False]
    unknown = replace(second, patients_from=NOBODY_KNOWN)
    assert overlap.shared_names(first, unknown).tolist() == [True, False, False]
