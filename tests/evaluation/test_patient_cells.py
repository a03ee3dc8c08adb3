import numpy as np

from evaluation.patient_cells import PatientCells

RNG = np.random.default_rng(sum(map(ord, "patient cells")))
CELLS = RNG.integers(0, 3, (50, 2))
COUNTED = RNG.random((50, 2)) < 0.8
OWNERS = RNG.permutation(np.arange(50) % 20)


def test_images_are_counted_as_often_as_their_patient_is_drawn():
    weights = RNG.integers(0, 4, (20, 5))
    found = PatientCells.of(CELLS, COUNTED, OWNERS, 3).under(weights)
    for cell in range(3):
        expected = weights[OWNERS].T @ (COUNTED & (cell == CELLS))
        np.testing.assert_array_equal(found[cell], expected)


def test_no_image_counted_leaves_zeros():
    found = PatientCells.of(CELLS, np.zeros_like(COUNTED), OWNERS, 3).under(np.ones((20, 1), int))
    assert found.shape == (3, 1, 2)
    assert not found.any()
