import numpy as np
import pytest

from tests import fakes
from tests.models import made_up

pytestmark = pytest.mark.slow

VIEWS = made_up.with_images(made_up.labelled(40)[0]).of("pixels")


@pytest.fixture(scope="module")
def brightness():
    """Logits that are an image's mean grey level."""
    from features.runtime import keras

    images = keras.Input((64,), name="pixels")
    return keras.Model({"pixels": images}, keras.ops.mean(images, axis=1, keepdims=True))


@pytest.fixture
def spread(brightness):
    from models.test_time_augmentation import augmented_logits

    return lambda policy="mild", times=3, seed=0, views=VIEWS: augmented_logits(
        brightness, views, policy, times, seed
    )


def test_without_augmentation_every_time_is_the_image_itself(spread):
    expected = VIEWS.arrays["pixels"].mean(axis=1, dtype=float)
    for found in spread("none"):
        np.testing.assert_allclose(found[:, 0], expected, rtol=1e-5)


def test_each_time_is_another_and_the_seed_repeats_them(spread):
    found = spread()
    assert found.shape == (3, 40, 1)
    assert len(np.unique(found[:, 0])) == 3
    np.testing.assert_array_equal(found, spread())
    assert (found != spread(seed=1)).any()


@pytest.fixture
def augmented_planes():
    from models.test_time_augmentation import augmented_planes

    return augmented_planes


def test_each_version_of_a_plane_is_another_square_that_holds_the_image(augmented_planes):
    plane = fakes.picture(0, 64)[:, :40]
    first, second = augmented_planes(plane, 2)
    assert first.shape == second.shape == (64, 64)
    assert first.dtype == np.uint8
    assert (first != second).any()


def test_the_same_plane_is_augmented_the_same_way_again(augmented_planes):
    plane = fakes.picture(0, 64)
    for one, other in zip(*(augmented_planes(plane, 3) for _ in range(2)), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_plane_stays_nearly_where_it_was(augmented_planes):
    plane = np.zeros((100, 100), np.uint8)
    plane[40:60, 40:60] = 200
    for moved in augmented_planes(plane, 4):
        rows, columns = np.nonzero(moved > 100)
        # 3 % of translation and 5 degrees about the middle, of 100 pixels.
        assert abs(rows.mean() - 49.5) < 4
        assert abs(columns.mean() - 49.5) < 4
