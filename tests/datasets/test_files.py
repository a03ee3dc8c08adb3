import errno
import os
from pathlib import Path

import pytest

from datasets.files import by_name, find_images, near_miss
from errors import BadTable, DatasetNotFound
from tests import fakes


def test_images_are_found_in_every_folder_but_hidden_ones(tmp_path):
    for name in ("a.png", "x/b.JPG", ".hidden/c.png", "x/notes.txt", "x/._d.png"):
        fakes.write_picture(tmp_path / "new.png")
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / "new.png").rename(tmp_path / name)
    assert find_images(tmp_path) == [tmp_path / "a.png", tmp_path / "x" / "b.JPG"]


def matched(ids, *names):
    """Files of ids, all of them below one folder."""
    root = Path("/films")
    found = by_name(ids, [root / name for name in names])
    return {image: path.relative_to(root).as_posix() for image, path in found.items()}


def test_an_image_saved_again_as_jpeg_is_still_found():
    found = matched(["a.png", "b.png", "c.png"], "a.jpg", "b.jpg", "b.png")
    assert found == {"a.png": "a.jpg", "b.png": "b.png"}


def test_an_id_without_a_suffix_is_found_whatever_dots_are_in_it():
    files = "1.2.3.4.dcm", "1.2.3.5.dcm", "a.dcm"
    assert matched(["1.2.3.5", "1.2.3.4", "a"], *files) == {Path(name).stem: name for name in files}


@pytest.mark.parametrize(
    ("image", "file"),
    [("A.PNG", "a.png"), ("a.png", "A.jpg"), ("a", "x/A.png"), ("Im/a.png", "im/A.png")],
)
def test_a_name_in_another_case_is_found(image, file):
    assert matched([image], file) == {image: file}


def test_the_same_case_goes_before_another():
    assert matched(["a.png", "A.png"], "A.png", "a.png") == {"a.png": "a.png", "A.png": "A.png"}
    assert matched(["a.png", "A.png"], "a.png") == {"a.png": "a.png"}


def test_a_name_that_fits_two_files_in_other_cases_is_refused():
    with pytest.raises(BadTable, match="'aB' matches"):
        matched(["aB"], "AB.png", "ab.png")


def test_a_file_of_another_kind_that_is_called_alike_is_pointed_out(tmp_path):
    for name in ("x/B.TIF", "x/c.png", "labels.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    told = near_miss(tmp_path, ["a.png", "b.png"])
    assert told == "there is x/B.TIF, but images must be .png, .jpg, .jpeg, .dcm, .dicom"
    assert near_miss(tmp_path, ["c.png"]) == ""


def test_images_of_one_name_are_told_by_their_folders():
    names = [f"p{patient}/IM{image}.png" for patient in (1, 2, 11) for image in (0, 1)]
    assert matched(names, *names[::-1]) == {name: name for name in names}
    assert matched([name[:-4] for name in names], *names) == {name[:-4]: name for name in names}


def test_ids_may_begin_in_a_folder_that_is_not_here():
    ids = ["/old/disk/p1/a.png", "/old/disk/p2/a.png", "/old/disk/p3/b.png"]
    files = ["new/p1/a.png", "new/p2/a.png", "b.png"]
    assert matched(ids, *files) == dict(zip(ids, files, strict=True))


def test_the_folder_counts_for_more_than_the_suffix():
    assert matched(["p1/a.png"], "p1/a.jpg", "p2/a.png") == {"p1/a.png": "p1/a.jpg"}


@pytest.mark.parametrize("others", [["p2/a.png"], ["p2/a.png", "p3/a.png"]])
def test_a_missing_image_does_not_get_the_picture_of_another(others):
    assert matched(["p1/a.png", "p2/a.png"], *others) == {"p2/a.png": "p2/a.png"}


def test_two_images_that_fit_one_file_equally_do_not_get_it():
    assert matched(["p1/a.png", "p2/a.png"], "x/a.png") == {}


def test_an_id_of_ten_thousand_folders_takes_no_longer_than_another():
    assert matched(["a/" * 10_000 + "b.png"], *(f"{n}.png" for n in range(5_000))) == {}


def test_what_other_ids_name_better_is_theirs():
    ids = ["a.png", "sub/a.png"]
    assert matched(ids, "x/a.png", "x/sub/a.png") == {
        "a.png": "x/a.png",
        "sub/a.png": "x/sub/a.png",
    }


@pytest.mark.parametrize(
    ("image", "files"),
    [
        ("a.png", ["images_001/a.png", "images_002/a.png"]),
        ("a", ["a.jpg", "a.png"]),
        ("p/a.png", ["x/p/a.png", "y/p/a.png"]),
    ],
)
def test_an_id_that_fits_two_files_is_refused_with_both(image, files):
    with pytest.raises(
        BadTable, match=f"'{image}' matches /films/{files[0]} and /films/{files[1]}"
    ):
        matched([image], *files)


def test_a_name_that_no_table_can_hold_is_refused(tmp_path):
    with open(os.fsencode(tmp_path) + b"/film\xff.png", "wb"):
        pass
    with pytest.raises(
        DatasetNotFound, match=r"must be valid UTF-8; got b'.*film\\xff\.png'\. Rename"
    ):
        find_images(tmp_path)


def test_a_folder_that_may_not_be_read_is_not_left_out_in_silence(tmp_path, monkeypatch, capsys):
    fakes.write_picture(tmp_path / "closed" / "a.png", 0)
    real = os.scandir

    def closed(path):
        if str(path).endswith("closed"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", closed)
    assert find_images(tmp_path) == []
    told = capsys.readouterr().err
    assert f"warning: {tmp_path / 'closed'} cannot be read (permission denied)" in told


def test_a_folder_that_vanishes_meanwhile_has_no_images(tmp_path, monkeypatch):
    fakes.write_picture(tmp_path / "a.png", 0)
    (tmp_path / "gone").mkdir()
    real = os.scandir

    def gone(path):
        if str(path).endswith("gone"):
            raise FileNotFoundError(errno.ENOENT, "No such file", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", gone)
    assert find_images(tmp_path) == [tmp_path / "a.png"]
