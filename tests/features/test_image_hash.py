import cv2
import numpy as np
import pytest

from features.image_hash import BITS, ImageHash, crop_of, signs
from tests import fakes


@pytest.fixture(scope="module")
def image():
    """Smooth shapes at all scales, as a film has them."""
    noise = np.random.default_rng(0).normal(size=(256, 256))
    waves = [cv2.GaussianBlur(noise, (0, 0), width) * width for width in (2, 6, 18, 54)]
    return cv2.normalize(sum(waves), None, 20, 230, cv2.NORM_MINMAX).astype(np.uint8)


def distance(one, other, crop=0):
    first, second = (ImageHash().transform([plane]) for plane in (one, other))
    differing = signs(crop_of(first, 0), BITS) != signs(crop_of(second, crop), BITS)
    return differing.mean()


def test_an_image_has_a_row_of_the_width_promised(image):
    hashes = ImageHash().transform([image, image])
    assert hashes.shape == (2, ImageHash.width)
    assert hashes.dtype == np.uint8


def test_bits_are_the_signs_of_waves_with_the_slowest_first(image):
    thumbnail = cv2.resize(image, (64, 64), interpolation=cv2.INTER_AREA).astype(np.float32)
    waves = cv2.dct(thumbnail)
    head = signs(crop_of(ImageHash().transform([image]), 0), 3)[0]
    assert (head > 0).tolist() == [waves[0, 1] > 0, waves[1, 0] > 0, waves[1, 1] > 0]


@pytest.mark.parametrize(
    "change",
    [
        lambda image: cv2.resize(image, (128, 128), interpolation=cv2.INTER_AREA),
        lambda image: cv2.add(image, 20),
        lambda image: cv2.imdecode(cv2.imencode(".jpg", image, [1, 50])[1], 0),
    ],
    ids=["half the size", "brighter", "compressed"],
)
def test_changes_that_leave_the_picture_turn_few_bits(image, change):
    assert distance(image, change(image)) < 0.1


def test_an_image_without_its_margin_is_what_another_crop_saw(image):
    assert distance(image[5:-5, 5:-5], image, crop=1) == 0 < distance(image[5:-5, 5:-5], image)


def test_pictures_that_have_nothing_in_common_differ_in_half_of_the_bits():
    assert abs(distance(fakes.picture(0), fakes.picture(1)) - 0.5) < 0.1


def test_level_images_are_the_same_whatever_their_level():
    assert distance(np.full((50, 60), 7, np.uint8), np.full((64, 64), 200, np.uint8)) == 0
