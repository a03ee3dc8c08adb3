import numpy as np

from features.extractors.lbp import PATTERNS, Lbp


def test_shares_of_patterns_add_up_to_one_in_each_cell_at_each_radius():
    image = np.random.default_rng(0).integers(0, 256, (256, 256), dtype=np.uint8)
    squares = Lbp(radii=(1, 3), grid=4).describe(image).values ** 2
    np.testing.assert_allclose(squares.reshape(16, 2, PATTERNS).sum(axis=2), 1, rtol=1e-5)


def test_an_image_that_a_grid_does_not_divide_is_counted_as_a_whole():
    image = np.random.default_rng(0).integers(0, 256, (50, 50), dtype=np.uint8)
    squares = Lbp(radii=(1,), grid=3).describe(image).values ** 2
    np.testing.assert_allclose(squares.sum(axis=1), 1, rtol=1e-5)


def test_contrast_does_not_change_patterns():
    image = np.random.default_rng(0).integers(0, 60, (256, 256), dtype=np.uint8)
    rows = Lbp().transform([image, 4 * image])
    np.testing.assert_array_equal(rows[0], rows[1])


def test_texture_changes_only_the_cell_where_it_is():
    image = np.zeros((256, 256), np.uint8)
    rough = image.copy()
    rough[80:110, 144:174] = np.random.default_rng(0).integers(0, 256, (30, 30))
    plain, changed = (Lbp(radii=(1,)).describe(each).values for each in (image, rough))
    assert np.flatnonzero((plain != changed).any(axis=1)).tolist() == [4 * 1 + 2]
