import pytest

from errors import BadTable, DatasetNotFound
from inference.bundle_options import Predict
from inference.images_to_predict import images_asked, named_images
from tests import fakes


@pytest.fixture
def root(tmp_path):
    for name in ("a.png", "below/b.png"):
        fakes.write_picture(tmp_path / "films" / name)
    return tmp_path / "films"


def names(paths):
    return [path.name for path in paths]


def test_a_folder_is_all_images_below_it(root):
    assert names(named_images(root)) == ["a.png", "b.png"]


def test_a_pattern_is_the_images_that_fit(root):
    assert names(named_images(root / "**" / "b*")) == ["b.png"]


def test_a_file_is_itself_even_if_it_is_not_there(root):
    assert named_images(root / "gone.png") == [root / "gone.png"]


def test_a_file_whose_name_looks_like_a_pattern_is_itself(root):
    fakes.write_picture(root / "c[1].png")
    assert named_images(root / "c[1].png") == [root / "c[1].png"]


def test_a_text_file_has_an_image_on_each_line_relative_to_its_folder(root):
    (root / "list.txt").write_text("a.png\n\nbelow/b.png\n")
    assert named_images(root / "list.txt") == [root / "a.png", root / "below" / "b.png"]


@pytest.mark.parametrize("header", ["path", "Image Index", "whatever"])
def test_a_csv_has_an_image_on_each_row(root, header):
    (root / "list.csv").write_text(f"{header},age\na.png,4\n")
    assert named_images(root / "list.csv") == [root / "a.png"]


@pytest.mark.parametrize("named", ["empty", "*.none", "nothing.txt", "binary.txt", "gone.txt"])
def test_what_names_no_image_is_an_error(root, named):
    (root / "empty").mkdir()
    (root / "nothing.txt").write_text("\n")
    (root / "binary.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises((BadTable, DatasetNotFound)):
        named_images(root / named)


def test_an_image_named_twice_is_one(root):
    images = images_asked(Predict(image=[root, root / "a.png"]), ("label",))
    assert images.ids.tolist() == ["a.png", "b.png"]


def test_without_names_the_test_images_of_the_data_set_are_meant(tmp_path):
    images = images_asked(Predict(data=fakes.nih(tmp_path / "nih")), ("label",))
    assert images.ids.tolist() == fakes.NIH_IDS[4:]
