from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from reports import image_tiles
from tests import fakes
from tests.reports.test_report_page import Page


@pytest.fixture
def images(tmp_path):
    """Three images: one of 300 by 150 pixels, one that is no image, and one without a file."""
    Image.fromarray(np.full((150, 300), 90, np.uint8)).save(tmp_path / "wide.png")
    (tmp_path / "broken.png").write_bytes(b"no image")
    paths = [str(tmp_path / "wide.png"), str(tmp_path / "broken.png"), ""]
    return replace(fakes.images(np.ones((3, 1))), paths=np.array(paths, object))


def test_images_that_can_be_read_are_made_small(images):
    pictures = image_tiles.thumbnails(images, ["film0", "film1", "film2", "film0"], 1)
    assert [*pictures] == ["film0"]
    assert pictures["film0"].shape == (image_tiles.SIDE // 2, image_tiles.SIDE)
    assert (pictures["film0"] == 90).all()


def test_a_small_image_is_enlarged_with_the_same_sides():
    assert image_tiles.shrunk(np.zeros((10, 20), np.uint8), 60).shape == (30, 60)


def test_tiles_have_the_image_and_a_line_and_lack_what_has_no_picture():
    shown = [("film0", "Mass, p 0.90"), ("film1", "Mass, p 0.80")]
    (tile,) = image_tiles.tiles(shown, {"film0": np.zeros((5, 5), np.uint8)})
    assert tile.caption == "film0\nMass, p 0.90"
    assert tile.picture.shape == (5, 5, 3)


def test_rows_are_as_long_as_asked_for():
    made = image_tiles.tiles([(f"film{n}", "") for n in range(5)], pictures=Everything())
    assert [len(row) for row in image_tiles.in_rows(made, 2)] == [2, 2, 1]


def test_a_sheet_is_a_file_and_a_figure_of_a_page(tmp_path):
    made = image_tiles.tiles([("film0", "Mass")], Everything())
    sheet = image_tiles.sheet([made], "<title>", "legend", tmp_path / "sheet.png")
    page = Page(image_tiles.figures([sheet]))
    with Image.open(sheet.path) as picture:
        assert picture.size[0] > 100
    assert [each["alt"] for each in page.all("img")] == ["<title>"]
    assert page.all("img")[0]["src"].startswith("data:image/webp;base64,")


class Everything(dict):
    """A black picture of every image."""

    def __contains__(self, _):
        return True

    def __missing__(self, _):
        return np.zeros((5, 5), np.uint8)
