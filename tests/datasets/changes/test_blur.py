import numpy as np
import pytest

from datasets.image_change import acquisition

RNG = np.random.default_rng(0)
TEXTURE = RNG.integers(0, 256, (128, 96), np.uint8)


def changed(name, severity, plane=TEXTURE):
    return acquisition(name, severity)(plane, "a", "d")


@pytest.mark.parametrize("name", ["blur", "noise", "jpeg", "resolution"])
def test_the_size_stays(name):
    assert changed(name, 5).shape == TEXTURE.shape


@pytest.mark.parametrize("name", ["blur", "resolution"])
def test_detail_is_lost_and_the_mean_stays(name):
    made = changed(name, 5)
    assert made.std() < 0.75 * TEXTURE.std()
    assert made.mean() == pytest.approx(TEXTURE.mean(), abs=1.5)


def test_images_below_the_resolution_stay_as_they_are():
    np.testing.assert_array_equal(changed("resolution", 2), TEXTURE)


def test_noise_is_stronger_where_fewer_photons_pass():
    dark, dense = (changed("noise", 3, np.full((256, 256), grey, np.uint8)) for grey in (60, 190))
    assert dense.std() > 1.5 * dark.std()
    assert dense.mean() == pytest.approx(190, abs=0.5)


def test_images_of_any_size_are_equally_noisy_when_made_smaller():
    small = changed("noise", 3, np.full((128, 128), 128, np.uint8)).astype(float)
    large = changed("noise", 3, np.full((512, 512), 128, np.uint8)).astype(float)
    shrunk = large.reshape(128, 4, 128, 4).mean(axis=(1, 3))
    assert shrunk.std() == pytest.approx(small.std(), rel=0.05)


def test_jpeg_of_a_flat_image_is_flat():
    flat = np.full((64, 64), 100, np.uint8)
    assert np.ptp(changed("jpeg", 1, flat)) == 0
