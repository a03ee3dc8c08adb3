import cv2
import numpy as np
import pytest

from features.dense_sift import dense_sift, orientation_planes
from features.local_descriptors import root_sift


def image(side=128, seed=0):
    noise = np.random.default_rng(seed).normal(size=(side, side))
    smooth = cv2.GaussianBlur(noise, (0, 0), 3)
    return cv2.normalize(smooth, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)


@pytest.mark.parametrize("bin_size", [8, 12])
def test_descriptors_are_those_of_opencv_at_the_same_points(bin_size):
    found = dense_sift(image(), step=8, bin_sizes=(bin_size,))
    # OpenCV's cells are 3 / 2 of a keypoint's size wide.
    keypoints = [
        cv2.KeyPoint(*map(float, 128 * point), bin_size * 2 / 3, 0) for point in found.points
    ]
    _, raw = cv2.SIFT.create().compute(image(), keypoints)
    similarity = root_sift(raw) @ found.values.T
    assert np.diag(similarity).mean() > 0.95
    assert np.mean(similarity.argmax(axis=1) == np.arange(len(found))) > 0.95


def test_the_grid_has_every_patch_that_lies_within_the_image():
    found = dense_sift(image(64), step=8, bin_sizes=(8,))
    along = np.arange(16, 49, 8) / 64
    expected = [(x, y) for y in along for x in along]
    np.testing.assert_allclose(found.points, expected)
    np.testing.assert_allclose(found.sizes, 32 / 64)


def test_several_cell_sizes_are_the_grids_of_each_one_after_the_other():
    both = dense_sift(image(), 8, (8, 12))
    small, large = dense_sift(image(), 8, (8,)), dense_sift(image(), 8, (12,))
    np.testing.assert_array_equal(both.values, np.concatenate([small.values, large.values]))
    np.testing.assert_array_equal(both.points, np.concatenate([small.points, large.points]))


def test_each_descriptor_has_length_one():
    values = dense_sift(image(), 8, (8,)).values
    assert values.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(values, axis=1), 1, rtol=1e-5)


def test_a_brighter_image_of_more_contrast_has_the_same_descriptors():
    faint = image() // 4
    strong = 2 * faint + 50
    np.testing.assert_allclose(
        dense_sift(strong, 8, (8,)).values, dense_sift(faint, 8, (8,)).values, atol=1e-5
    )


def test_flat_patches_are_left_out():
    half = image()
    half[:, :64] = 7
    points = dense_sift(half, 8, (8,)).points
    # A patch of 32 pixels, with the reach of a cell's window, must touch the textured half.
    assert points[:, 0].min() * 128 > 64 - 16 - 8
    assert len(points) > 0


def test_a_blank_image_has_no_descriptors():
    assert dense_sift(np.full((128, 128), 9, np.uint8), 8, (8,)).values.shape == (0, 128)


def test_an_image_smaller_than_a_patch_has_no_descriptors():
    assert len(dense_sift(image(24), 8, (8,))) == 0


def test_orientation_planes_share_out_each_gradient_and_lose_none():
    plane = image(32)
    across = np.pad(plane.astype(float), 1, mode="reflect")
    strength = np.hypot(across[1:-1, 2:] - across[1:-1, :-2], across[2:, 1:-1] - across[:-2, 1:-1])
    np.testing.assert_allclose(
        orientation_planes(plane).sum(axis=0), strength, rtol=1e-4, atol=1e-3
    )


def test_a_ramp_to_the_right_points_one_way_only():
    ramp = np.tile(np.arange(0, 128, 2, dtype=np.uint8), (64, 1))
    planes = orientation_planes(ramp)[:, 8:-8, 8:-8]
    np.testing.assert_allclose(planes[0], 4, rtol=1e-5)
    np.testing.assert_allclose(planes[1:], 0, atol=1e-3)


def test_descriptors_do_not_depend_on_opencv_threads():
    threads = cv2.getNumThreads()
    try:
        runs = []
        for count in (1, 4):
            cv2.setNumThreads(count)
            runs.append(dense_sift(image(), 8, (8,)).values)
    finally:
        cv2.setNumThreads(threads)
    np.testing.assert_array_equal(*runs)
