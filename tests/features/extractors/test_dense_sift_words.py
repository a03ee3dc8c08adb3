import numpy as np
import pytest

from errors import TooFewDescriptors
from features.dense_sift import dense_sift
from features.extractors.dense_sift_words import DenseSiftWords


def image(seed=0, side=64):
    return np.random.default_rng(seed).integers(0, 256, (side, side), dtype=np.uint8)


def test_an_image_is_described_on_the_grid_that_was_asked_for():
    found = DenseSiftWords(step=6, bin_sizes=(4, 8)).describe(image())
    np.testing.assert_array_equal(found.values, dense_sift(image(), 6, (4, 8)).values)
    np.testing.assert_array_equal(found.points, dense_sift(image(), 6, (4, 8)).points)


def test_patches_larger_than_the_image_are_too_few_descriptors():
    with pytest.raises(TooFewDescriptors, match=r"DenseSiftWords needs .* 2 images have 0"):
        DenseSiftWords(image_size=64, bin_sizes=(20,)).fit([image(0), image(1)])
