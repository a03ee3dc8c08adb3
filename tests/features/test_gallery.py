import numpy as np
import pytest

from features.gallery import Described, cut_out, nearest_patches, word_counts
from features.local_descriptors import LocalDescriptors


class Words:
    """Two words, at 0 and at 1; a film's descriptors are its first row's grey levels over 255."""

    n_words, window = 2, 1.0
    words_ = np.array([[0.0], [1.0]], np.float32)

    def describe(self, image):
        places = np.flatnonzero(image[0])
        if not len(places):
            return LocalDescriptors.none(1)
        values = image[0, places, None].astype(np.float32) / 255
        points = np.column_stack([places, np.zeros(len(places))]).astype(np.float32) / len(image)
        n_places = len(places)
        return LocalDescriptors(values, points, np.full(n_places, 0.5), np.zeros(n_places))

    def words(self, values):
        return (values[:, 0] > 0.5).astype(int)


def image(**levels):
    plane = np.zeros((40, 40), np.uint8)
    for place, level in levels.items():
        plane[0, int(place[1:])] = level
    return plane


PLANES = {"near": image(x5=10, x9=250), "far": image(x5=100, x9=200), "blank": image()}
IMAGES = [Described(name, plane, Words().describe(plane)) for name, plane in PLANES.items()]


def test_patches_come_nearest_first_and_one_an_image():
    found = nearest_patches(Words(), IMAGES, [0, 1], 5)
    assert [patch.image for patch in found[0]] == ["near", "far"]
    assert [round(255 * patch.distance) for patch in found[0]] == [10, 100]
    assert [round(255 * patch.distance) for patch in found[1]] == [5, 55]


def test_only_so_many_patches_are_kept():
    assert len(nearest_patches(Words(), IMAGES, [1], 1)[1]) == 1


def test_a_patch_is_the_square_around_its_keypoint_black_beyond_the_border():
    plane = np.arange(1600).reshape(40, 40) % 251
    found = LocalDescriptors(
        np.zeros((2, 1)), np.array([[0.5, 0.5], [0, 0]]), np.array([0.5, 0.5]), np.zeros(2)
    )
    np.testing.assert_array_equal(cut_out(plane, found, 0, 1.0), plane[10:30, 10:30])
    corner = cut_out(plane, found, 1, 1.0)
    assert not corner[:10].any()
    np.testing.assert_array_equal(corner[10:, 10:], plane[:10, :10])


def test_words_are_counted_over_images():
    assert word_counts(Words(), IMAGES).tolist() == [2, 2]


@pytest.mark.parametrize("size", [0.001, 0.01])
def test_a_patch_is_never_too_small_to_see(size):
    found = LocalDescriptors(
        np.zeros((1, 1)), np.array([[0.5, 0.5]]), np.array([size]), np.zeros(1)
    )
    assert cut_out(PLANES["near"], found, 0, 1.0).shape == (12, 12)
