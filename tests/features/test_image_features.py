from dataclasses import dataclass

import numpy as np
import pytest

from features.image_features import ImageFeatures, unit


@dataclass(repr=False, eq=False, kw_only=True)
class Corners(ImageFeatures):
    """The first and the last pixel."""

    image_size: int = 4
    width = 2

    def row(self, image):
        return np.array([image[0, 0], image[-1, -1]])


def test_each_image_is_preprocessed_and_is_a_row():
    bright = np.full((9, 9), 80, np.uint8)
    rows = Corners().transform([bright, bright // 2])
    np.testing.assert_array_equal(rows, [[80, 80], [40, 40]])
    assert rows.dtype == np.float32


def test_no_images_are_no_rows_of_the_right_width():
    assert Corners().transform([]).shape == (0, 2)


def test_nothing_is_learned():
    extractor = Corners()
    assert extractor.fit([np.zeros((4, 4), np.uint8)]) is extractor
    assert not extractor.learns


def test_the_cache_needs_as_many_bytes_as_the_numbers():
    assert Corners().bytes_per_number == 4


def test_a_row_gets_length_one():
    assert np.linalg.norm(unit(np.array([3.0, 4.0]))) == pytest.approx(1)


def test_a_row_of_zeros_stays_zero():
    np.testing.assert_array_equal(unit(np.zeros(3)), np.zeros(3))
