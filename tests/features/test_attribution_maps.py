import numpy as np
import pytest

from features.attribution_maps import laid
from features.local_descriptors import LocalDescriptors


def found(points, sizes):
    count = len(points)
    return LocalDescriptors(
        np.zeros((count, 1), np.float32),
        np.array(points, np.float32).reshape(count, 2),
        np.array(sizes, np.float32),
        np.zeros(count, np.float32),
    )


def scattered(count=40):
    rng = np.random.default_rng(0)
    return found(rng.uniform(size=(count, 2)), rng.uniform(0.01, 0.6, count))


SHARES = np.random.default_rng(1).normal(size=(3, 40))


def test_a_square_that_is_a_cell_fills_it_alone():
    heat = laid(found([(0.625, 0.125)], [0.25]), np.array([[2.0]]), 1.0, side=4)
    expected = np.zeros((1, 4, 4))
    # x before y: the third column of the first row.
    expected[0, 0, 2] = 2
    np.testing.assert_allclose(heat, expected, atol=1e-6)


def test_a_square_between_cells_is_shared_by_area():
    heat = laid(found([(0.5, 0.375)], [0.25]), np.array([[1.0]]), 1.0, side=4)
    np.testing.assert_allclose(heat[0, 1], [0, 0.5, 0.5, 0], atol=1e-6)
    assert heat[0].sum() == pytest.approx(1, rel=1e-6)


def test_a_window_is_so_many_diameters_wide():
    wide = laid(scattered(), SHARES, 3.0)
    places = scattered()
    same = laid(found(places.points, 3 * places.sizes), SHARES, 1.0)
    np.testing.assert_allclose(wide, same, atol=1e-6)


def test_no_share_is_lost_even_at_the_border():
    heat = laid(scattered(), SHARES, 1.5)
    assert heat.shape == (3, 28, 28)
    np.testing.assert_allclose(heat.sum(axis=(1, 2)), SHARES.sum(axis=1), rtol=1e-4)


def test_heat_is_that_of_a_slow_count_of_points():
    """Each share is dealt out to the points of a fine grid that its square covers."""
    places, side, fine = scattered(10), 4, 400
    middles = (np.arange(fine) + 0.5) / fine
    slow = np.zeros((side, side))
    for (x, y), size, share in zip(places.points, places.sizes, SHARES[0], strict=False):
        across, down = (np.abs(middles - middle) < size / 2 for middle in (x, y))
        covered = np.outer(down, across).reshape(side, fine // side, side, fine // side)
        slow += share * covered.sum(axis=(1, 3)) / covered.sum()
    np.testing.assert_allclose(laid(places, SHARES[:1, :10], 1.0, side)[0], slow, atol=0.02)


def test_evidence_for_and_against_keeps_its_sign():
    heat = laid(found([(0.1, 0.1), (0.9, 0.9)], [0.1, 0.1]), np.array([[1.0, -1.0]]), 1.0, 2)
    np.testing.assert_allclose(heat[0], [[1, 0], [0, -1]], atol=1e-6)


def test_a_keypoint_without_extent_on_the_far_corner_still_counts():
    heat = laid(found([(1.0, 1.0)], [0.0]), np.array([[1.0]]), 1.0, 4)
    assert heat[0, 3, 3] == pytest.approx(1)


def test_where_nothing_was_found_there_is_no_heat():
    heat = laid(LocalDescriptors.none(1), np.zeros((2, 0)), 1.0)
    np.testing.assert_array_equal(heat, np.zeros((2, 28, 28)))
