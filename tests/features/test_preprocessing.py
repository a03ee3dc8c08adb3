from pathlib import Path

import cv2
import numpy as np
import pytest

from datasets import image_files
from errors import ImageUnreadable, InvalidOption
from features.preprocessing import Preprocessing, box_in_square, letterbox, map_in_image, several
from tests import fakes


def image(height, width, seed=0):
    return np.random.default_rng(seed).integers(1, 256, (height, width), dtype=np.uint8)


@pytest.mark.parametrize("shape", [(64, 64), (100, 37), (9, 300), (1, 500)])
def test_any_image_becomes_a_square_of_bytes(shape):
    square = Preprocessing(48, equalise=True)(image(*shape))
    assert square.shape == (48, 48)
    assert square.dtype == np.uint8


@pytest.mark.parametrize("kind", [str, Path])
def test_a_file_is_read(tmp_path, kind):
    path = tmp_path / "a.png"
    fakes.write_picture(path, size=64)
    plane = image_files.read(path)
    made = Preprocessing(48, equalise=False)
    np.testing.assert_array_equal(made(kind(path)), made(plane))


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(ImageUnreadable, match=r"gone\.png cannot be read: .*No such file"):
        Preprocessing(48, equalise=False)(str(tmp_path / "gone.png"))


@pytest.mark.parametrize("alone", ["film.png", Path("film.png"), image(9, 9)])
def test_one_image_alone_is_refused_with_the_way_to_pass_it(alone):
    with pytest.raises(InvalidOption, match=r"transform\(\[image\]\)"):
        several(alone)


@pytest.mark.parametrize("many", [["a.png"], np.array(["a.png"], object), image(9, 9)[None]])
def test_several_images_stay_as_they_are(many):
    assert several(many) is many


@pytest.mark.parametrize("size", [-1, 0, 1, 10**8])
def test_a_size_that_no_image_has_is_refused(size):
    with pytest.raises(InvalidOption, match="image_size must be from 2"):
        Preprocessing(size, equalise=False)


def test_a_wide_image_keeps_its_proportions_between_equal_black_bars():
    square = letterbox(image(20, 40), 40)
    assert not square[:10].any()
    assert not square[30:].any()
    np.testing.assert_array_equal(square[10:30], image(20, 40))


def test_a_tall_image_is_centred_too():
    square = letterbox(image(40, 20), 40)
    np.testing.assert_array_equal(square[:, 10:30], image(40, 20))


def test_shrinking_to_half_averages_blocks_of_four_pixels():
    plane = image(8, 8)
    blocks = plane.reshape(4, 2, 4, 2).mean(axis=(1, 3))
    np.testing.assert_allclose(letterbox(plane, 4), blocks, atol=0.5)


def test_enlarging_makes_no_value_that_was_not_between_its_neighbours():
    enlarged = letterbox(np.array([[10, 20], [10, 20]], np.uint8), 8)
    assert np.all(np.diff(enlarged.astype(int), axis=1) >= 0)
    assert (enlarged.min(), enlarged.max()) == (10, 20)


def test_without_equalising_an_image_of_the_right_size_is_left_alone():
    np.testing.assert_array_equal(Preprocessing(32, equalise=False)(image(32, 32)), image(32, 32))


def test_equalising_spreads_a_faint_image():
    faint = (120 + cv2.GaussianBlur(image(64, 64), (0, 0), 3) // 32).astype(np.uint8)
    assert Preprocessing(64, equalise=True)(faint).std() > 1.5 * faint.std()


def test_the_image_itself_is_not_written_to():
    plane = image(50, 30)
    Preprocessing(50, equalise=True)(plane)
    np.testing.assert_array_equal(plane, image(50, 30))


def test_a_box_of_a_wide_image_is_squeezed_between_the_bars():
    assert box_in_square((0.25, 0.5, 0.5, 0.5), (20, 40)) == (0.25, 0.5, 0.5, 0.25)


@pytest.mark.parametrize("shape", [(40, 40), (40, 20), (33, 61)])
def test_a_box_frames_the_same_pixels_in_the_square_as_in_the_image(shape):
    plane = np.zeros(shape, np.uint8)
    plane[10:20, 4:16] = 200
    height, width = shape
    size = max(shape)
    box = box_in_square((4 / width, 10 / height, 12 / width, 10 / height), shape)
    left, top, across, down = np.rint(np.array(box) * size).astype(int)
    rows, columns = np.nonzero(letterbox(plane, size))
    assert (columns.min(), rows.min()) == (left, top)
    assert (columns.max() + 1 - left, rows.max() + 1 - top) == (across, down)


@pytest.mark.parametrize("shape", [(40, 40), (40, 20), (33, 61)])
def test_a_map_of_the_square_loses_its_bars_and_nothing_else(shape):
    plane = image(*shape)
    square = letterbox(plane, max(shape)).astype(np.float32)
    np.testing.assert_allclose(map_in_image(square, shape), plane)


def test_a_coarse_map_is_drawn_out_to_the_size_of_the_image():
    coarse = np.zeros((4, 4), np.float32)
    coarse[1, 3] = 1
    large = map_in_image(coarse, (60, 120))
    assert large.shape == (60, 120)
    # The middle of its cell: 45 pixels down the square, of which 30 are bar.
    assert large[15, 105] == large.max()
