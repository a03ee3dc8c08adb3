import numpy as np
import pytest

from errors import InvalidOption
from models.test_time_augmentation import averaged, check_augmentations, moves
from tests import fakes


def test_the_mean_is_over_the_image_and_its_versions_and_the_spread_over_versions_alone():
    """TTA of one image is the mean by hand."""
    image, first, second = [[0.2, 0.5]], [[0.6, 0.5]], [[0.4, 0.8]]
    mean, spread = averaged([np.array(each) for each in (image, first, second)])
    np.testing.assert_allclose(mean, [[(0.2 + 0.6 + 0.4) / 3, (0.5 + 0.5 + 0.8) / 3]])
    np.testing.assert_allclose(spread, [[0.1, 0.15]])


def test_each_version_is_another_and_the_same_in_every_command():
    plane = fakes.picture(0, 64)
    versions = [move(plane, "image", "digest") for move in moves(3)]
    assert len({each.tobytes() for each in versions}) == 3
    again = [move(plane, "renamed", "digest") for move in moves(2)]
    for one, other in zip(versions, again, strict=False):
        np.testing.assert_array_equal(one, other)


def test_no_version_is_mirrored():
    """The bright side stays on its side."""
    plane = np.zeros((64, 64), np.uint8)
    plane[:, :24] = 200
    for move in moves(16):
        version = move(plane, "", "digest").astype(int)
        assert version[:, :32].sum() > 3 * version[:, 32:].sum()


@pytest.mark.parametrize("times", [-1, 1])
def test_a_spread_of_fewer_than_two_is_refused(times):
    with pytest.raises(InvalidOption, match="at least 2"):
        check_augmentations(times)
