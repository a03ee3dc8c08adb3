import numpy as np
import pytest

from features.local_descriptors import LocalDescriptors
from reports import loudest


def keypoints(points, sizes, angle=0.0):
    points = np.array(points, float)
    angles = np.full(len(points), angle)
    return LocalDescriptors(np.zeros((len(points), 1)), points, sizes, angles)


def grid(side=10, size=0.2):
    """Keypoints in the middle of each cell of a square, wider than a cell."""
    middles = (np.arange(side) + 0.5) / side
    points = [(x, y) for y in middles for x in middles]
    return keypoints(points, np.full(side**2, size))


def test_all_keypoints_of_a_detector_are_drawn():
    found = keypoints(np.zeros((30, 2)), np.full(30, 0.1), angle=45.0)
    assert loudest.drawn(found, np.ones((4, 4))) is found


def test_of_a_grid_the_place_where_words_are_loudest_for_or_against_comes_first():
    heat = np.full((10, 10), 0.1)
    heat[2, 7] = -1.0
    assert loudest.drawn(grid(), heat).points[0] == pytest.approx([0.75, 0.25])


def test_no_keypoint_of_a_grid_overlaps_another():
    points = loudest.drawn(grid(), np.random.default_rng(0).normal(size=(10, 10))).points
    apart = np.linalg.norm(points[:, None] - points, axis=2)[~np.eye(len(points), dtype=bool)]
    assert 1 < len(points) <= loudest.MOST
    assert apart.min() >= 0.2 - 1e-9


def test_where_words_say_nothing_no_keypoint_is_drawn():
    heat = np.zeros((10, 10))
    heat[4, 4] = 0.5
    assert len(loudest.drawn(grid(), heat)) == 1
    assert len(loudest.drawn(grid(), np.zeros((10, 10)))) == 0


def test_a_keypoint_on_the_border_lies_in_the_last_cell():
    found = keypoints(np.ones((30, 2)), np.full(30, 0.1))
    assert len(loudest.drawn(found, np.ones((4, 4)))) == 1
