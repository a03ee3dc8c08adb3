import numpy as np
import pytest

from tests.models import made_up

pytestmark = pytest.mark.slow

VIEWS = made_up.with_images(made_up.labelled(40)[0]).of("pixels")


@pytest.fixture(scope="module")
def brightness():
    """Logits that are a film's mean grey level."""
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
