import numpy as np

from models.scaling import block_scale, moments


def test_a_column_that_never_varies_has_deviation_one():
    mean, deviation = moments(np.array([[1, 5], [3, 5]], np.float32))
    np.testing.assert_array_equal(mean, [2, 5])
    np.testing.assert_array_equal(deviation, [1, 1])


def test_a_wide_loud_block_counts_as_much_as_a_narrow_quiet_one():
    rng = np.random.default_rng(0)
    blocks = {"wide": 9 + 100 * rng.normal(size=(50, 40)), "narrow": rng.normal(size=(50, 3))}
    shift, divisor = block_scale(blocks)
    scaled = (np.hstack(list(blocks.values())) - shift) / divisor
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose((scaled[:, :40] ** 2).sum(), 50, rtol=1e-4)
    np.testing.assert_allclose((scaled[:, 40:] ** 2).sum(), 50, rtol=1e-4)
