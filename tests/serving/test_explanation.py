import base64
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from datasets import image_files
from features.local_descriptors import LocalDescriptors
from features.preprocessing import map_in_image
from serving.explanation import explanation
from tests import explanations
from tests.serving import pictures

ONE = [explanations.decision()]


def pixels(png):
    with Image.open(BytesIO(base64.b64decode(png))) as image:
        assert image.mode == "L"
        return np.asarray(image)


def made(decision=ONE[0], **changes):
    image = explanations.explained(decisions=[decision], **changes)
    return explanation(image, "No Grad-CAM: no network", True)


def map_of(told, kind):
    return next(each for each in told.maps if each.kind == kind)


def values(shown):
    """The map's numbers, by the scale that the answer states."""
    return shown.low + pixels(shown.png) * (shown.high - shown.low) / 255


def test_the_image_is_the_plane_that_the_reader_decodes(service):
    told = explanation(pictures.explained(service, pictures.image(), "sick"), "", True)
    np.testing.assert_array_equal(pixels(told.image.png), image_files.decode(pictures.png()))
    assert (told.image.width, told.image.height) == (128, 128)


def test_a_large_image_is_reduced_and_keeps_its_size_in_words():
    told = made(shape=(1024, 4096))
    assert pixels(told.image.png).shape == (512, 2048)
    assert (told.image.width, told.image.height) == (4096, 1024)


def test_without_the_image_the_rest_stays_the_same():
    image = explanations.explained(decisions=ONE)
    without, told = (explanation(image, "", wanted) for wanted in (False, True))
    assert without.image is None
    assert without.maps == told.maps


def test_signed_maps_are_those_of_the_explanation_to_half_a_step(service):
    image = pictures.explained(service, pictures.image(), "sick")
    shown = map_of(explanation(image, "", False), "orb_words")
    raw = image.maps["orb_words"][0]
    expected = map_in_image(raw * raw.size / 100, pixels(shown.png).shape)
    step = (shown.high - shown.low) / 255
    np.testing.assert_allclose(values(shown), expected, atol=0.51 * step)
    assert shown.high == pytest.approx(np.abs(expected).max())


def test_zero_is_exactly_zero_in_a_signed_map():
    raw = np.zeros((1, 4, 4), np.float32)
    raw[0, 0, 0], raw[0, 3, 3] = 0.3, -0.2
    shown = map_of(made(shape=(40, 40), maps={"sift": raw}), "sift")
    assert (values(shown) == 0).any()
    assert values(shown).min() < 0 < values(shown).max()


def test_a_one_sided_map_runs_from_zero_to_its_highest_value():
    raw = np.array([[[0.0, 1.0], [2.0, 4.0]]], np.float32)
    words = np.ones((1, 4, 4), np.float32)
    shown = map_of(made(shape=(40, 40), maps={"gradcam": raw, "sift": words}), "gradcam")
    assert (shown.low, shown.high, shown.signed) == (0, 4, False)
    np.testing.assert_allclose(
        values(shown), map_in_image(raw[0], pixels(shown.png).shape), atol=0.01
    )


def test_totals_are_what_the_words_add_to_the_decision():
    assert map_of(made(), "sift").total == ONE[0].attribution["sift"]
    assert map_of(made(), "gradcam").total is None


def test_titles_are_plain_and_tell_several_maps_apart():
    assert [each.title for each in made().maps] == [
        "image evidence (Grad-CAM)",
        "visual-word evidence",
    ]
    both = {"a": explanations.FOUND, "b": explanations.FOUND}
    maps = {name: np.ones((1, 4, 4), np.float32) for name in both}
    decision = explanations.decision(attribution={"a": 1.0, "b": 2.0})
    assert [each.title for each in made(decision, keypoints=both, maps=maps).maps][1:] == [
        "visual-word evidence, a",
        "visual-word evidence, b",
    ]


def test_a_map_that_is_missing_says_why():
    told = made(maps={"sift": np.ones((1, 4, 4), np.float32)})
    assert map_of(told, "gradcam").empty == "No Grad-CAM: no network."
    told = made(maps={"gradcam": np.ones((1, 2, 2), np.float32)}, keypoints={})
    assert map_of(told, "words").empty == "This model does not use visual words."
    assert map_of(told, "words").png is None


def test_a_map_of_zeros_says_why():
    zeros = {"gradcam": np.zeros((1, 2, 2), np.float32), "sift": np.zeros((1, 4, 4), np.float32)}
    told = made(maps=zeros)
    assert "zero everywhere" in map_of(told, "gradcam").empty
    assert "neither raise nor lower the score of Mass" in map_of(told, "sift").empty
    told = made(maps=zeros, keypoints={"sift": LocalDescriptors.none(1)})
    assert "No keypoints were found" in map_of(told, "sift").empty


def test_a_map_of_words_that_have_weight_0_says_so():
    zeros = {"gradcam": np.ones((1, 2, 2), np.float32), "sift": np.zeros((1, 4, 4), np.float32)}
    image = explanations.explained(decisions=ONE, maps=zeros)
    told = explanation(replace(image, weightless=("words",)), "", False)
    assert map_of(told, "sift").empty == "Visual words have weight 0 in this model."


def test_keypoints_are_in_fractions_of_the_image_without_its_bars():
    found = LocalDescriptors(
        np.zeros((2, 1)), np.array([[0.5, 0.5], [0.25, 0.375]]), np.array([0.1, 0.2]), np.zeros(2)
    )
    told = made(shape=(50, 100), keypoints={"sift": found})
    assert [(each.x, each.y) for each in told.keypoints] == [(0.5, 0.5), (0.25, 0.25)]
    assert [each.size for each in told.keypoints] == [0.1, 0.2]


def test_the_decision_is_the_services(service):
    image = pictures.explained(service, pictures.image(), "sick")
    told = explanation(image, "", False)
    (decision,) = image.decisions
    assert (told.label, told.probability, told.present) == (
        decision.label,
        decision.probability,
        decision.present,
    )
    assert told.warnings == list(pictures.found(service, [pictures.image()])[0].warnings)


def test_of_many_keypoints_the_number_found_is_given(service):
    assert made().keypoints_found == 3
    assert made(maps={"gradcam": np.ones((1, 2, 2), np.float32)}, keypoints={}).keypoints_found == 0


def test_features_without_a_place_have_a_reason_instead_of_a_map():
    shown = map_of(made(placeless=("glcm",)), "glcm")
    assert shown.png is None
    assert shown.empty == "No heatmap: glcm describes the image as a whole."
