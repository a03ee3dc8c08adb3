from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from features.local_descriptors import LocalDescriptors
from reports.plots import panels
from reports.plots.overlays import Heat
from reports.plots.panels import SIDE, Panel

HEIGHT, WIDTH = SIDE // 2, SIDE
VALUES = np.linspace(-1, 1, HEIGHT * WIDTH).reshape(HEIGHT, WIDTH)
SIGNED = Heat("words", "logit", True, 0.5, VALUES, "all in all")
CAMERA = Heat("Grad-CAM", "raw", False, 3.0, np.abs(VALUES))
NONE = Heat("Grad-CAM", "", False, 0.0, None, reason="trees have no gradient")
ZEROS = replace(CAMERA, limit=0.0, values=0 * VALUES)
# The middle of the square, and a place as far above it as the bars reach.
FOUND = LocalDescriptors(
    np.zeros((2, 1)), np.array([[0.5, 0.5], [0.25, 0.25]]), np.array([0.1, 0.2]), np.zeros(2)
)


@pytest.fixture
def drawn():
    def drawn(*heats, found=FOUND):
        image, box = np.zeros((HEIGHT, WIDTH), np.uint8), np.array([[0.5, 0.25, 0.1, 0.5]])
        shown = Panel(image, "title", "outcome", "small", found, "2 of words", heats, box)
        return panels.panel(shown)

    return drawn


def words(figure):
    return [text.get_text() for text in figure.texts]


def test_there_is_a_tile_for_image_keypoints_and_each_heatmap(drawn):
    figure = drawn(SIGNED, CAMERA)
    names = [axes.texts[0].get_text() for axes in figure.axes if axes.images]
    assert names == ["image", "keypoints", "words", "Grad-CAM"]


def test_without_keypoints_the_image_is_not_shown_twice(drawn):
    figure = drawn(CAMERA, found=None)
    names = [axes.texts[0].get_text() for axes in figure.axes if axes.images]
    assert names == ["image", "Grad-CAM"]


def test_images_keep_their_aspect(drawn):
    for axes in drawn(SIGNED).axes:
        assert axes.get_aspect() == 1
        assert (axes.get_xlim(), axes.get_ylim()) == ((0, WIDTH), (HEIGHT, 0))


def test_boxes_lie_where_they_are_on_every_tile(drawn):
    for axes in drawn(SIGNED).axes:
        (box,) = axes.patches
        expected = (WIDTH / 2, HEIGHT / 4, WIDTH / 10, HEIGHT / 2)
        np.testing.assert_allclose(box.get_bbox().bounds, expected)


def test_keypoints_of_the_square_lie_on_the_image_without_its_bars(drawn):
    (circles,) = drawn(SIGNED).axes[1].collections
    np.testing.assert_allclose(circles.get_offsets(), [[WIDTH / 2, HEIGHT / 2], [WIDTH / 4, 0]])
    np.testing.assert_allclose(circles.get_widths(), [WIDTH / 10, WIDTH / 5])


def test_the_scale_shows_its_ends_and_unit(drawn):
    (bar,) = drawn(SIGNED).axes[2].child_axes
    assert [text.get_text() for text in bar.get_xticklabels()] == ["−0.5", "0", "0.5"]
    assert bar.get_xlabel() == "logit"
    (bar,) = drawn(CAMERA).axes[2].child_axes
    assert [text.get_text() for text in bar.get_xticklabels()] == ["0", "3"]


@pytest.mark.parametrize("heat", [NONE, ZEROS], ids=["none", "zeros"])
def test_without_evidence_there_is_no_scale(drawn, heat):
    assert not drawn(heat).axes[2].child_axes


def test_where_there_is_no_map_the_tile_says_why(drawn):
    assert "trees have no gradient" in [text.get_text() for text in drawn(NONE).axes[2].texts]


def test_label_outcome_and_purpose_stand_on_it(drawn):
    assert words(drawn()) == ["title", "outcome", "Research use only"]


def test_nothing_reaches_beyond_the_picture(drawn):
    figure = drawn(SIGNED, CAMERA)
    figure.draw_without_rendering()
    inside = figure.get_tightbbox()
    assert (inside.p0 >= 0).all()
    assert (inside.p1 <= figure.get_size_inches()).all()


def test_the_file_and_the_smaller_picture_show_the_same(drawn, tmp_path):
    smaller = Image.open(BytesIO(panels.save(drawn(SIGNED), tmp_path / "panel.png")))
    with Image.open(tmp_path / "panel.png") as picture:
        assert picture.size == smaller.size
        difference = np.asarray(picture, float) - np.asarray(smaller.convert("RGB"), float)
    assert np.abs(difference).mean() < 3
