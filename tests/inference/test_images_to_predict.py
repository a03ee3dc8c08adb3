import pytest

from errors import BadTable, DatasetNotFound
from inference.bundle_options import Predict
from inference.images_to_predict import films_asked, named_films
from tests import fakes


@pytest.fixture
def root(tmp_path):
    for name in ("a.png", "below/b.png"):
        fakes.write_picture(tmp_path / "films" / name)
    return tmp_path / "films"


def names(paths):
    return [path.name for path in paths]


def test_a_folder_is_all_films_below_it(root):
    assert names(named_films(root)) == ["a.png", "b.png"]


def test_a_pattern_is_the_films_that_fit(root):
    assert names(named_films(root / "**" / "b*")) == ["b.png"]


def test_a_file_is_itself_even_if_it_is_not_there(root):
    assert named_films(root / "gone.png") == [root / "gone.png"]


def test_a_file_whose_name_looks_like_a_pattern_is_itself(root):
    fakes.write_picture(root / "c[1].png")
    assert named_films(root / "c[1].png") == [root / "c[1].png"]


def test_a_text_file_has_a_film_on_each_line_relative_to_its_folder(root):
    (root / "list.txt").write_text("a.png\n\nbelow/b.png\n")
    assert named_films(root / "list.txt") == [root / "a.png", root / "below" / "b.png"]


@pytest.mark.parametrize("header", ["path", "Image Index", "whatever"])
def test_a_csv_has_a_film_on_each_row(root, header):
    (root / "list.csv").write_text(f"{header},age\na.png,4\n")
    assert named_films(root / "list.csv") == [root / "a.png"]


@pytest.mark.parametrize("named", ["empty", "*.none", "nothing.txt", "binary.txt", "gone.txt"])
def test_what_names_no_film_is_an_error(root, named):
    (root / "empty").mkdir()
    (root / "nothing.txt").write_text("\n")
    (root / "binary.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises((BadTable, DatasetNotFound)):
        named_films(root / named)


def test_a_film_named_twice_is_one(root):
    films = films_asked(Predict(image=[root, root / "a.png"]), ("label",))
    assert films.ids.tolist() == ["a.png", "b.png"]


def test_without_names_the_test_films_of_the_data_set_are_meant(tmp_path):
    films = films_asked(Predict(data=fakes.nih(tmp_path / "nih")), ("label",))
    assert films.ids.tolist() == fakes.NIH_IDS[4:]
