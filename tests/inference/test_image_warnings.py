from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from datasets.image_files import Decoded, coloured
from inference.image_warnings import warnings_of
from tests import fakes


def png(picture):
    data = BytesIO()
    Image.fromarray(picture).save(data, "PNG")
    return data.getvalue()


def told(plane, vectors=None, data=None, overruled=False):
    return " ".join(warnings_of(data or png(plane), Decoded(plane, overruled), vectors or {}))


def frontal(spine, lung):
    plane = np.full((200, 200), lung, np.uint8)
    plane[:, 90:120] = spine
    return plane


def test_an_image_like_those_learned_from_has_no_warning():
    assert told(frontal(200, 90)) == ""


def test_a_monochrome1_that_was_not_inverted_is_told():
    told_of = told(frontal(200, 90), overruled=True)
    assert told_of == "is marked MONOCHROME1 but stored with white bones, so it was not inverted"


def test_a_negative_is_told():
    assert "negative" in told(frontal(60, 200))


@pytest.mark.parametrize(
    ("plane", "words"),
    [
        (fakes.picture(0, 40), "40 × 40 pixels are too few"),
        (fakes.picture(0, 300)[:100], "an unusual shape for a chest X-ray"),
        (np.full((100, 100), 90, np.uint8), "nearly blank"),
    ],
)
def test_what_is_unlike_an_image_is_told(plane, words):
    assert words in told(plane)


def test_words_without_a_keypoint_are_told():
    vectors = {"orb_words": np.zeros(4), "sift_words": np.ones(4)}
    assert told(frontal(200, 90), vectors) == "orb_words found no keypoints"


def test_colours_are_told_and_greys_stored_as_colours_are_not():
    grey = np.repeat(frontal(200, 90)[..., None], 3, axis=2)
    assert not coloured(png(grey))
    assert coloured(png((grey // (1, 2, 4)).astype(np.uint8)))


def test_a_dicom_has_no_colours(tmp_path):
    path = fakes.write_dicom(tmp_path / "film.dcm", frontal(200, 90))
    assert not coloured(path.read_bytes())
