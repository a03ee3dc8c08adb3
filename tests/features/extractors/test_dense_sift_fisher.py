import numpy as np
import pytest

from errors import TooFewDescriptors
from features.dense_sift import dense_sift
from features.extractors.dense_sift_fisher import DenseSiftFisher


def film(seed=0, side=64):
    return np.random.default_rng(seed).integers(0, 256, (side, side), dtype=np.uint8)


def test_a_film_is_described_on_the_grid_that_was_asked_for():
    found = DenseSiftFisher(step=6, bin_sizes=(4, 8)).describe(film())
    np.testing.assert_array_equal(found.values, dense_sift(film(), 6, (4, 8)).values)
    np.testing.assert_array_equal(found.points, dense_sift(film(), 6, (4, 8)).points)


def test_patches_larger_than_the_film_are_too_few_descriptors():
    with pytest.raises(TooFewDescriptors, match=r"DenseSiftFisher\(\) needs .* 2 images gave 0"):
        DenseSiftFisher(image_size=64, bin_sizes=(20,)).fit([film(0), film(1)])
