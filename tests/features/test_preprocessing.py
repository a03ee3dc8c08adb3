import cv2
import numpy as np
import pytest

from features.preprocessing import Preprocessing, letterbox


def film(height, width, seed=0):
    return np.random.default_rng(seed).integers(1, 256, (height, width), dtype=np.uint8)


@pytest.mark.parametrize("shape", [(64, 64), (100, 37), (9, 300), (1, 500)])
def test_any_film_becomes_a_square_of_bytes(shape):
    square = Preprocessing(48, equalise=True)(film(*shape))
    assert square.shape == (48, 48)
    assert square.dtype == np.uint8


def test_a_wide_film_keeps_its_proportions_between_equal_black_bars():
    square = letterbox(film(20, 40), 40)
    assert not square[:10].any()
    assert not square[30:].any()
    np.testing.assert_array_equal(square[10:30], film(20, 40))


def test_a_tall_film_is_centred_too():
    square = letterbox(film(40, 20), 40)
    np.testing.assert_array_equal(square[:, 10:30], film(40, 20))


def test_shrinking_to_half_averages_blocks_of_four_pixels():
    plane = film(8, 8)
    blocks = plane.reshape(4, 2, 4, 2).mean(axis=(1, 3))
    np.testing.assert_allclose(letterbox(plane, 4), blocks, atol=0.5)


def test_enlarging_makes_no_value_that_was_not_between_its_neighbours():
    enlarged = letterbox(np.array([[10, 20], [10, 20]], np.uint8), 8)
    assert np.all(np.diff(enlarged.astype(int), axis=1) >= 0)
    assert (enlarged.min(), enlarged.max()) == (10, 20)


def test_without_equalising_a_film_of_the_right_size_is_left_alone():
    np.testing.assert_array_equal(Preprocessing(32, equalise=False)(film(32, 32)), film(32, 32))


def test_equalising_spreads_a_faint_film():
    faint = (120 + cv2.GaussianBlur(film(64, 64), (0, 0), 3) // 32).astype(np.uint8)
    assert Preprocessing(64, equalise=True)(faint).std() > 1.5 * faint.std()


def test_the_film_itself_is_not_written_to():
    plane = film(50, 30)
    Preprocessing(50, equalise=True)(plane)
    np.testing.assert_array_equal(plane, film(50, 30))
