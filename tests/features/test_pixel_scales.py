import numpy as np
import pytest

from errors import InvalidOption
from features.pixel_scales import SCALES, table


@pytest.mark.parametrize(
    ("scale", "lowest", "highest"),
    [("unit", 0, 1), ("minus1to1", -1, 1), ("torchxrayvision", -1024, 1024), ("raw", 0, 255)],
)
def test_black_and_white_are_the_ends_of_a_scale(scale, lowest, highest):
    np.testing.assert_allclose(table(scale, "rgb")[[0, 255]], [[lowest] * 3, [highest] * 3])


def test_the_scale_of_imagenet_is_that_of_torchvision():
    np.testing.assert_allclose(table("imagenet", "rgb")[255], [2.2489, 2.4286, 2.6400], atol=1e-4)


def test_blue_comes_first_where_asked_for():
    np.testing.assert_array_equal(table("imagenet", "bgr"), table("imagenet", "rgb")[:, ::-1])


def test_one_channel_has_no_scale_of_three():
    with pytest.raises(InvalidOption, match="networks of three channels"):
        table("imagenet", "grey")
    assert all(table(scale, "grey").shape == (256, 1) for scale in SCALES if scale != "imagenet")
