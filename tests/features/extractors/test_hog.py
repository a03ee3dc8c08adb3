import numpy as np
import pytest

from errors import InvalidOption
from features.extractors.hog import Hog


def half_striped(side=256):
    """Vertical stripes in the left half, horizontal ones in the right."""
    stripes = np.tile(np.repeat([0, 200], 8), side // 16).astype(np.uint8)
    image = np.tile(stripes, (side, 1))
    image[:, side // 2 :] = image.T[:, side // 2 :]
    return image


def strongest(values):
    return values.reshape(-1, 9).sum(axis=0).argmax()


def test_directions_are_those_of_each_part_of_the_image():
    found = Hog().describe(half_striped())
    left, right = (found.values[np.isclose(found.points[:, 0], x)] for x in (0.125, 0.875))
    assert strongest(left) != strongest(right)


def test_blocks_of_two_cells_overlap_by_one():
    found = Hog().describe(half_striped())
    assert len(found) == 49
    np.testing.assert_allclose(found.points[:2, 0], [32 / 256, 64 / 256])
    np.testing.assert_allclose(found.sizes, 64 / 256)


def test_contrast_and_brightness_change_little():
    rows = Hog().transform([half_striped(), half_striped() // 2 + 40])
    assert rows[0] @ rows[1] > 0.999


def test_images_smaller_than_a_block_are_refused():
    with pytest.raises(InvalidOption, match="must be at least 64, the side of a block; got 32"):
        _ = Hog(image_size=32).width
