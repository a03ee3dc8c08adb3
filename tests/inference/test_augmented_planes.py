import numpy as np
import pytest

from inference import augmented_planes
from tests import fakes

pytestmark = pytest.mark.slow


def test_each_time_is_another_square_that_holds_the_image():
    plane = fakes.picture(0, 64)[:, :40]
    first, second = augmented_planes.augmented(plane, 2)
    assert first.shape == second.shape == (64, 64)
    assert first.dtype == np.uint8
    assert (first != second).any()


def test_the_same_image_is_augmented_the_same_way_again():
    plane = fakes.picture(0, 64)
    for one, other in zip(*(augmented_planes.augmented(plane, 3) for _ in range(2)), strict=True):
        np.testing.assert_array_equal(one, other)


def test_an_image_stays_nearly_where_it_was():
    plane = np.zeros((100, 100), np.uint8)
    plane[40:60, 40:60] = 200
    for moved in augmented_planes.augmented(plane, 4):
        rows, columns = np.nonzero(moved > 100)
        # 3 % of translation and 5 degrees about the middle, of 100 pixels.
        assert abs(rows.mean() - 49.5) < 4
        assert abs(columns.mean() - 49.5) < 4
