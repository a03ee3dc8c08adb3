import cv2
import numpy as np
import pytest

from features.image_hash import BITS, FilmHash, crop_of, signs
from tests import fakes


@pytest.fixture(scope="module")
def film():
    """Smooth shapes at all scales, as a film has them."""
    noise = np.random.default_rng(0).normal(size=(256, 256))
    waves = [cv2.GaussianBlur(noise, (0, 0), width) * width for width in (2, 6, 18, 54)]
    return cv2.normalize(sum(waves), None, 20, 230, cv2.NORM_MINMAX).astype(np.uint8)


def distance(one, other, crop=0):
    first, second = (FilmHash().transform([plane]) for plane in (one, other))
    differing = signs(crop_of(first, 0), BITS) != signs(crop_of(second, crop), BITS)
    return differing.mean()


def test_a_film_has_a_row_of_the_width_promised(film):
    hashes = FilmHash().transform([film, film])
    assert hashes.shape == (2, FilmHash.width)
    assert hashes.dtype == np.uint8


def test_bits_are_the_signs_of_waves_with_the_slowest_first(film):
    thumbnail = cv2.resize(film, (64, 64), interpolation=cv2.INTER_AREA).astype(np.float32)
    waves = cv2.dct(thumbnail)
    head = signs(crop_of(FilmHash().transform([film]), 0), 3)[0]
    assert (head > 0).tolist() == [waves[0, 1] > 0, waves[1, 0] > 0, waves[1, 1] > 0]


@pytest.mark.parametrize(
    "change",
    [
        lambda film: cv2.resize(film, (128, 128), interpolation=cv2.INTER_AREA),
        lambda film: cv2.add(film, 20),
        lambda film: cv2.imdecode(cv2.imencode(".jpg", film, [1, 50])[1], 0),
    ],
    ids=["half the size", "brighter", "compressed"],
)
def test_changes_that_leave_the_picture_turn_few_bits(film, change):
    assert distance(film, change(film)) < 0.1


def test_a_film_without_its_margin_is_what_another_crop_saw(film):
    assert distance(film[5:-5, 5:-5], film, crop=1) == 0 < distance(film[5:-5, 5:-5], film)


def test_pictures_that_have_nothing_in_common_differ_in_half_of_the_bits():
    assert abs(distance(fakes.picture(0), fakes.picture(1)) - 0.5) < 0.1


def test_level_films_are_the_same_whatever_their_level():
    assert distance(np.full((50, 60), 7, np.uint8), np.full((64, 64), 200, np.uint8)) == 0
