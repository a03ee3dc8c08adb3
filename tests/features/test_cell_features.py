from dataclasses import dataclass

import numpy as np

from features.cell_features import CellFeatures, on_grid


@dataclass(repr=False, eq=False, kw_only=True)
class Quarters(CellFeatures):
    """Mean and largest grey level of each quarter."""

    image_size: int = 8
    width = 8

    def describe(self, image):
        quarters = image.reshape(2, 4, 2, 4).swapaxes(1, 2)
        values = np.stack([quarters.mean(axis=(2, 3)), quarters.max(axis=(2, 3))], axis=2)
        return on_grid(values, 0.5, 0.5)


IMAGE = np.random.default_rng(0).integers(1, 256, (8, 8), dtype=np.uint8)


def test_a_row_holds_the_cells_side_by_side_with_length_one():
    row = Quarters().transform([IMAGE])[0]
    second = IMAGE[:4, 4:]
    np.testing.assert_allclose(row[2] / row[3], second.mean() / second.max(), rtol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(row), 1, rtol=1e-6)


def test_the_attribution_of_a_column_lies_in_its_cell():
    encoder, attribution = Quarters(), np.arange(16.0).reshape(2, 8)
    shares = encoder.shares(encoder.describe(IMAGE), attribution)
    np.testing.assert_array_equal(shares, [[1, 5, 9, 13], [17, 21, 25, 29]])


def test_cells_are_placed_by_column_before_row():
    points = Quarters().describe(IMAGE).points
    np.testing.assert_allclose(points, [[0.25, 0.25], [0.75, 0.25], [0.25, 0.75], [0.75, 0.75]])


def test_squares_may_overlap():
    found = on_grid(np.zeros((3, 3, 1)), 0.25, 0.5)
    np.testing.assert_allclose(found.points[:2], [[0.25, 0.25], [0.5, 0.25]])
    np.testing.assert_allclose(found.sizes, 0.5)
