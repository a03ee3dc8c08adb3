import numpy as np
import pytest

from features import near_copies
from features.image_hash import BITS, BYTES, TRIMS, ImageHash
from features.near_copies import RADIUS


@pytest.fixture
def hashes():
    """Hashes of 40 films that have nothing in common."""
    bits = np.random.default_rng(0).random((40, len(TRIMS), BITS)) < 0.5
    return np.packbits(bits, axis=2).reshape(40, ImageHash.width)


def turned(row, count):
    """A hash with its fastest waves turned at every crop."""
    bits = np.unpackbits(row.reshape(len(TRIMS), BYTES), axis=1, count=BITS)
    bits[:, BITS - count :] ^= 1
    return np.packbits(bits, axis=1).ravel()


def test_images_that_have_nothing_in_common_are_no_pairs(hashes):
    pairs, distances = near_copies.near_copies(hashes)
    assert pairs.shape == (0, 2)
    assert distances.shape == (0,)


def test_pairs_are_told_with_the_share_of_bits_that_differ_nearest_first(hashes):
    hashes[30], hashes[7] = turned(hashes[2], 23), hashes[9]
    pairs, distances = near_copies.near_copies(hashes)
    assert pairs.tolist() == [[7, 9], [2, 30]]
    np.testing.assert_allclose(distances, [0, 23 / BITS])


def test_the_radius_is_the_last_distance_that_counts(hashes):
    last = int(RADIUS * BITS)
    hashes[20], hashes[21] = turned(hashes[0], last), turned(hashes[1], last + 1)
    assert near_copies.near_copies(hashes)[0].tolist() == [[0, 20]]


@pytest.mark.parametrize("crop", range(1, len(TRIMS)))
def test_an_image_is_found_by_either_of_two_being_cropped(hashes, crop):
    hashes[11, :BYTES] = hashes[5, crop * BYTES : (crop + 1) * BYTES]
    hashes[3, :BYTES] = hashes[8, crop * BYTES : (crop + 1) * BYTES]
    assert near_copies.near_copies(hashes)[0].tolist() == [[3, 8], [5, 11]]


def test_pairs_over_the_borders_of_blocks_are_found_once(hashes, monkeypatch):
    monkeypatch.setattr(near_copies, "ROWS", 7)
    monkeypatch.setattr(near_copies, "COLUMNS", 9)
    hashes[[0, 20]] = hashes[39]
    assert near_copies.near_copies(hashes)[0].tolist() == [[0, 20], [0, 39], [20, 39]]


def test_no_images_are_no_pairs():
    assert near_copies.near_copies(np.empty((0, 0), np.uint8))[0].shape == (0, 2)
