import numpy as np
import pytest

from datasets.geometry import moved, pixels_of

PLANE = np.arange(12, dtype=np.uint8).reshape(3, 4) + 1


def test_nothing_moves_without_a_move():
    np.testing.assert_array_equal(moved(PLANE), PLANE)


def test_a_shift_is_right_and_down_and_leaves_black():
    expected = np.zeros_like(PLANE)
    expected[1:, 2:] = PLANE[:-1, :-2]
    np.testing.assert_array_equal(moved(PLANE, shift=(0.5, 1 / 3)), expected)


def test_a_quarter_turn_is_anticlockwise_about_the_centre():
    square = np.arange(25, dtype=np.uint8).reshape(5, 5)
    np.testing.assert_array_equal(moved(square, 90), np.rot90(square))


def test_zoom_enlarges_about_the_centre():
    square = np.zeros((9, 9), np.uint8)
    square[3:6, 3:6] = 200
    large = moved(square, zoom=2)
    assert (large[2:7, 2:7] == 200).all()
    assert large[0].max() == 0


@pytest.mark.parametrize(
    ("box", "rows", "columns"),
    [
        ((0, 0, 1, 1), (0, 10), (0, 20)),
        ((0.1, 0.2, 0.3, 0.5), (2, 7), (2, 8)),
        ((0.12, 0.25, 0.3, 0.5), (2, 8), (2, 9)),
        ((-0.5, 0.5, 0.6, 2), (5, 10), (0, 2)),
    ],
)
def test_a_box_has_the_pixels_that_it_touches(box, rows, columns):
    assert pixels_of(box, (10, 20)) == (slice(*rows), slice(*columns))


def test_a_box_outside_of_the_image_has_no_pixels():
    plane = np.zeros((10, 20))
    assert plane[pixels_of((1.1, 0, 0.5, 1), plane.shape)].size == 0
    assert plane[pixels_of((-0.9, 0, 0.5, 1), plane.shape)].size == 0
