import numpy as np

from features.dense_sift import dense_sift
from features.extractors.dense_sift_vlad import DenseSiftVlad

IMAGE = np.random.default_rng(0).integers(0, 256, (64, 64), dtype=np.uint8)


def test_an_image_is_described_on_the_grid_that_was_asked_for():
    found = DenseSiftVlad(step=6, bin_sizes=(4, 8)).describe(IMAGE)
    np.testing.assert_array_equal(found.values, dense_sift(IMAGE, 6, (4, 8)).values)


def test_a_row_is_a_vector_of_length_one():
    images = np.random.default_rng(0).integers(0, 256, (4, 64, 64), dtype=np.uint8)
    options = {"image_size": 64, "bin_sizes": (8,), "n_components": 4, "n_words": 5}
    row = DenseSiftVlad(**options).fit(images).transform(images[:1])[0]
    assert row.shape == (5 * (4 + 2),)
    np.testing.assert_allclose(np.linalg.norm(row), 1, rtol=1e-6)
