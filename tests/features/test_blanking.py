import numpy as np

from features.blanking import blanked


def test_only_the_region_changes_and_a_spot_in_it_is_gone():
    plane = np.full((96, 96), 100, np.uint8)
    plane[40:46, 40:46] = 250
    region = np.zeros((96, 96), bool)
    region[36:50, 36:50] = True
    (found,) = blanked(plane, region[np.newaxis])
    np.testing.assert_array_equal(found[~region], plane[~region])
    assert np.abs(found[region].astype(int) - 100).max() < 20


def test_a_level_region_stays_as_bright_as_it_was():
    plane = np.full((32, 48), 77, np.uint8)
    np.testing.assert_array_equal(blanked(plane, np.ones((1, 32, 48), bool))[0], plane)
