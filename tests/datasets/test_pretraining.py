import numpy as np
import pytest

from datasets.images import Caution, Split
from datasets.pretraining import ids_in, noted
from errors import BadSplit, DatasetNotFound, InvalidOption
from tests import fakes

SETS = np.array(["train", "train", "validation", "test", "test", "test", "test", ""], object)
PATIENTS = ["a", "a", "b", "c", "c", "d", "e", "f"]


@pytest.fixture
def images():
    """Eight images, `film0` to `film7`, of six patients."""
    return fakes.images(np.zeros((8, 1)), PATIENTS, split=Split("mine", SETS))


@pytest.fixture
def listed(tmp_path):
    """Writes a list of these images."""

    def write(*numbers):
        path = tmp_path / "seen.txt"
        path.write_text("".join(f"film{number}\n" for number in numbers))
        return path

    return write


def test_test_images_and_patients_on_the_list_are_counted_as_a_caution(images, listed):
    path = listed(0, 3, 5, 7, 99)
    (note,) = noted(images, path, exclude=False, in_folds=False).notes
    assert isinstance(note, Caution)
    assert note == (
        f"{path} lists 2 images of 2 patients as pretraining images of an encoder, among 4 images"
        " of 3 patients to test on, so results may be too good (--exclude-pretrained)"
    )


def test_a_list_without_test_images_is_no_caution(images, listed):
    (note,) = noted(images, listed(0, 1, 2), exclude=False, in_folds=False).notes
    assert "lists 0 images of 0 patients" in note
    assert not isinstance(note, Caution)


def test_all_test_images_of_such_patients_are_left_out_if_asked(images, listed):
    kept = noted(images, listed(1, 3), exclude=True, in_folds=False)
    assert kept.ids[kept.test].tolist() == ["film5", "film6"]
    assert kept.ids[kept.train].tolist() == ["film0", "film1"]
    assert kept.split_name == "mine without pretraining images"
    assert kept.notes[0].endswith("2 images of 1 patient left out")


def test_in_folds_every_image_in_a_set_is_a_test_image(images, listed):
    kept = noted(images, listed(1, 3), exclude=True, in_folds=True)
    assert kept.ids[kept.sets != ""].tolist() == ["film2", "film5", "film6"]


def test_nothing_changes_without_a_list(images):
    assert noted(images, None, exclude=False, in_folds=False) is images


def test_excluding_needs_a_list_and_leaves_some_images(images, listed):
    with pytest.raises(InvalidOption, match="Add --pretrained-on FILE"):
        noted(images, None, exclude=True, in_folds=False)
    with pytest.raises(BadSplit, match="lists all 4 images of 3 patients"):
        noted(images, listed(3, 5, 6), exclude=True, in_folds=False)


@pytest.mark.parametrize(
    ("name", "text", "ids"),
    [
        ("a.txt", "x.png\n\ny.png\n", ["x.png", "y.png"]),
        ("a.csv", "split,dicom_id\ntrain,x\ntrain,y\n", ["x", "y"]),
        ("a.csv", "Image Index,other\nx,1\n,2\n", ["x"]),
        ("a.csv", "anything\nx\n", ["x"]),
    ],
)
def test_ids_stand_on_lines_or_in_a_column(name, text, ids, tmp_path):
    (tmp_path / name).write_text(text)
    assert ids_in(tmp_path / name) == ids


@pytest.mark.parametrize("name", ["gone.txt", "gone.csv"])
def test_a_missing_list_is_refused(name, tmp_path):
    with pytest.raises(DatasetNotFound, match="there is no"):
        ids_in(tmp_path / name)
