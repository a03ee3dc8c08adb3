from dataclasses import dataclass

import cv2
import numpy as np
import pytest

from errors import MisalignedRows
from features.extractors.dense_sift_fisher import DenseSiftFisher
from features.extractors.glcm import Glcm
from features.extractors.hog import Hog
from features.extractors.onnx_file import OnnxFile
from features.extractors.orb_words import OrbWords
from features.recipe import recipe_of
from inference.heatmaps import Heatmaps, keypoints_of, why_no_camera
from models.bundle import Bundle
from models.bundled_view import BundledView
from models.calibration import Calibration
from models.classifiers.logistic import Logistic
from models.classifiers.xgboost import Xgboost
from models.views import Block, Views
from tests.features import onnx_networks

PLANES = [
    cv2.GaussianBlur(np.random.default_rng(n).integers(0, 256, (120, 96), np.uint8), (0, 0), 1)
    for n in range(24)
]
LABELS = (np.random.default_rng(0).random((24, 2)) < 0.5).astype(np.float32)
COLUMNS = [1, 0]


@dataclass(frozen=True)
class Made:
    bundle: Bundle
    views: Views


def made(classifier, extractors):
    """A bundle of fitted extractors (kind and extractor by name) and its views of all images."""
    blocks = {name: Block(e.transform(PLANES), kind) for name, (kind, e) in extractors.items()}
    views = Views(blocks)
    classifier.fit(views, LABELS, validation=(views, LABELS))
    kept = {
        name: BundledView.of(kind, e, recipe_of(name, e, np.array(["a"])))
        for name, (kind, e) in extractors.items()
    }
    neutral = Calibration(np.ones(2), np.zeros(2))
    bundle = Bundle("made", classifier, ("A", "B"), kept, neutral, np.full(2, 0.5), "made up", "-")
    return Made(bundle, views)


@pytest.fixture(scope="module")
def encoders():
    fisher = DenseSiftFisher(image_size=96, n_components=6, n_gaussians=3)
    orb = OrbWords(image_size=128, n_words=8, pyramid=(1, 2))
    return {
        "dense_sift_fisher": ("words", fisher.fit(PLANES)),
        "orb_words": ("words", orb.fit(PLANES)),
    }


@pytest.fixture(scope="module")
def words(encoders):
    return made(Logistic(views=("words",)), encoders)


@pytest.fixture(scope="module")
def maps(words):
    return Heatmaps(words.bundle).of(PLANES[:3], words.views.select(np.arange(3)), COLUMNS)


def test_there_is_a_map_for_each_image_label_and_kind_of_words(maps):
    assert maps.keys() == {"dense_sift_fisher", "orb_words"}
    assert {values.shape for values in maps.values()} == {(3, 2, 28, 28)}


def test_the_heat_of_fisher_vectors_is_all_that_was_attributed(words, maps):
    attribution = Heatmaps(words.bundle).attribution(words.views.select(np.arange(3)), COLUMNS)
    heat = maps["dense_sift_fisher"].sum(axis=(2, 3))
    np.testing.assert_allclose(heat, attribution.sums["dense_sift_fisher"], rtol=1e-4, atol=1e-6)


def test_the_heat_of_words_is_what_was_attributed_to_words_that_are_there(words, maps):
    rows = words.views.select(np.arange(3))
    attribution = Heatmaps(words.bundle).attribution(rows, COLUMNS).blocks["orb_words"]
    there = rows.arrays["orb_words"][:, None] > 0
    heat = maps["orb_words"].sum(axis=(2, 3))
    np.testing.assert_allclose(heat, (attribution * there).sum(axis=2), rtol=1e-4, atol=1e-6)


def test_a_blank_image_has_no_heat(words):
    heatmaps = Heatmaps(words.bundle)
    blank = [np.zeros((120, 96), np.uint8)]
    found = heatmaps.of(blank, words.views.select(np.array([0])), COLUMNS)
    assert not any(values.any() for values in found.values())


def test_keypoints_are_those_that_the_vectors_were_made_of(words, encoders):
    found = keypoints_of(Heatmaps(words.bundle).extractors, PLANES[4])
    for name, (_, encoder) in encoders.items():
        row = words.views.arrays[name][4]
        np.testing.assert_allclose(encoder.encode(found[name]), row, rtol=1e-5, atol=1e-7)


def test_the_evidence_of_one_image_is_that_of_several(words):
    heatmaps, rows = Heatmaps(words.bundle), words.views.select(np.array([4]))
    expected = heatmaps.of(PLANES[4:5], rows, COLUMNS)
    keypoints = keypoints_of(heatmaps.extractors, PLANES[4])
    maps, attribution = heatmaps.evidence(PLANES[4], keypoints, rows, COLUMNS)
    for name, values in expected.items():
        np.testing.assert_array_equal(maps[name], values[0])
    assert attribution.sums.keys() == expected.keys()


def test_cells_have_maps_and_whole_images_have_none():
    extractors = {"hog": ("words", Hog()), "glcm": ("words", Glcm(image_size=64))}
    given = made(Logistic(views=("words",)), extractors)
    heatmaps, rows = Heatmaps(given.bundle), given.views.select(np.array([4]))
    maps = heatmaps.of(PLANES[4:5], rows, COLUMNS)
    assert heatmaps.placeless == ("glcm",)
    assert maps.keys() == {"hog"}
    sums = heatmaps.attribution(rows, COLUMNS).sums["hog"]
    np.testing.assert_allclose(maps["hog"].sum(axis=(2, 3)), sums, rtol=1e-4, atol=1e-6)


def test_images_without_their_vectors_are_refused(words):
    with pytest.raises(MisalignedRows, match="got 24 rows for 3 images"):
        Heatmaps(words.bundle).of(PLANES[:3], words.views, COLUMNS)


def test_extractors_that_are_given_are_not_made_anew(words, encoders):
    given = {name: encoder for name, (_, encoder) in encoders.items()}
    assert Heatmaps(words.bundle, extractors=given).extractors is given


@pytest.fixture(scope="module")
def network():
    from features.extractors.small_resnet import SmallResNet

    return SmallResNet(weights="random", image_size=64, precision="float32")


@pytest.mark.slow
def test_deep_vectors_have_a_map_by_each_method(encoders, network):
    both = {"net": ("deep", network), "orb_words": encoders["orb_words"]}
    given = made(Logistic(views=("deep", "words")), both)
    extractors = {name: extractor for name, (_, extractor) in both.items()}
    heatmaps = Heatmaps(given.bundle, ("gradcam", "gradcam++"), "stage2_norm", extractors)
    found = heatmaps.of(PLANES[:2], given.views.select(np.arange(2)), COLUMNS)
    shapes = {kind: values.shape for kind, values in found.items()}
    assert shapes == {
        "gradcam": (2, 2, 4, 4),
        "gradcam++": (2, 2, 4, 4),
        "orb_words": (2, 2, 28, 28),
    }


@pytest.mark.slow
def test_the_joined_network_says_what_the_classifier_says_of_vectors(encoders, network):
    both = {"net": ("deep", network), "orb_words": encoders["orb_words"]}
    given = made(Logistic(views=("deep", "words")), both)
    extractors = {name: extractor for name, (_, extractor) in both.items()}
    camera = Heatmaps(given.bundle, extractors=extractors).cameras["net"]
    images = np.stack([network.preprocessing(plane) for plane in PLANES[:2]])
    rows = given.views.select(np.arange(2))
    _, found = camera.forward(images, rows.arrays)
    expected = given.bundle.classifier.decision_function(rows)
    np.testing.assert_allclose(found.numpy(), expected, atol=1e-3)


def test_an_onnx_network_has_no_map_and_says_so(encoders, tmp_path, capsys):
    path = onnx_networks.saved(tmp_path / "net.onnx")
    network = OnnxFile(weights=str(path), scale="unit")
    both = {"net": ("deep", network), "orb_words": encoders["orb_words"]}
    given = made(Logistic(views=("deep", "words")), both)
    extractors = {name: extractor for name, (_, extractor) in both.items()}
    found = Heatmaps(given.bundle, extractors=extractors).of(PLANES, given.views, COLUMNS)
    assert list(found) == ["orb_words"]
    why = "net is an ONNX network, which has no gradient here"
    assert f"no gradcam: {why}" in capsys.readouterr().err
    assert why_no_camera(given.bundle) == f"No Grad-CAM: {why}"


@pytest.mark.slow
def test_trees_have_no_map_of_deep_vectors_and_say_so(encoders, network, capsys):
    both = {"net": ("deep", network), "orb_words": encoders["orb_words"]}
    given = made(Xgboost(n_estimators=3, n_jobs=1), both)
    extractors = {name: extractor for name, (_, extractor) in both.items()}
    found = Heatmaps(given.bundle, extractors=extractors).of(PLANES, given.views, COLUMNS)
    assert found.keys() == {"orb_words"}
    assert "no gradcam: made has no gradient with respect to pixels" in capsys.readouterr().err
