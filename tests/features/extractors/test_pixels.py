import numpy as np

from features.extractors.pixels import Pixels
from features.preprocessing import letterbox

PLANES = [np.random.default_rng(seed).integers(0, 256, (40, 30), np.uint8) for seed in range(2)]


def test_a_row_is_the_square_image_itself():
    rows = Pixels(image_size=16).transform(PLANES)
    assert rows.dtype == np.uint8
    np.testing.assert_array_equal(rows[1].reshape(16, 16), letterbox(PLANES[1], 16))


def test_no_images_are_no_rows():
    assert Pixels(image_size=16).transform([]).shape == (0, 256)


def test_contrast_is_equalised_where_it_is_asked_for():
    plain, equalised = (Pixels(equalise=asked).transform(PLANES) for asked in (False, True))
    assert (plain != equalised).any()
