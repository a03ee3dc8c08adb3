import numpy as np
import pytest

from datasets import sources
from datasets.options import Work
from evaluation.truth import Truth
from inference import lung_study
from inference.changed_features import bundle_features
from inference.lung_study import BORDERS, LUNGS, MACRO, OUTSIDE, TEXT, WHOLE, LungStudy, looked_at
from inference.predictor import Predictor

MIDDLE = np.array([[0.25, 0.25, 0.5, 0.5]])


@pytest.fixture(scope="module")
def study(place):
    predictor = Predictor(place / "bundle")
    options = Work(data=place / "films", cache=place / "cache", task="multilabel")
    images = sources.images_of(options)
    features = bundle_features({"logistic": predictor}, images, options)
    truth = Truth(images.ids, images.patients, images.labels, images.label_names)
    lungs = dict.fromkeys(images.ids, MIDDLE)
    text = dict.fromkeys(images.ids, np.empty((0, 4)))
    return LungStudy(predictor, features, truth, lungs, text, n_replicates=50, seed=0)


@pytest.fixture(scope="module")
def occlusions(study):
    return study.occlusions()


def test_every_finding_and_their_mean_has_an_auc_for_each_occlusion(study, occlusions):
    assert [*occlusions] == [*study.truth.label_names, MACRO]
    assert [*occlusions[MACRO]] == [WHOLE, OUTSIDE, LUNGS, BORDERS, TEXT]


def test_differences_are_those_of_the_aucs(occlusions):
    for row in occlusions.values():
        for each in row.values():
            expected = each["auc"]["value"] - row[WHOLE]["auc"]["value"]
            assert each["difference"]["value"] == pytest.approx(expected)


def test_images_without_text_are_not_changed(occlusions):
    assert {row[TEXT]["difference"]["value"] for row in occlusions.values()} == {0}


def test_blanking_all_but_nothing_takes_everything_away(study):
    """With lungs that cover the whole image nothing is left without them."""
    whole = dict.fromkeys(study.lungs, np.array([[0.0, 0, 1, 1]]))
    blind = LungStudy(
        study.predictor, study.features, study.truth, whole, study.text, n_replicates=50, seed=0
    )
    found = blind.occlusions()["sick"]
    assert found[LUNGS]["auc"]["value"] == 0.5
    assert found[OUTSIDE]["difference"]["value"] == 0


def test_probes_are_of_the_bundles_blocks(study):
    # These images have no metadata, so that there is nothing to predict.
    assert study.probes() == {"orb_words": {}}


def test_sizes_and_text_are_looked_up_by_id_and_a_broken_file_has_none(place, tmp_path):
    (tmp_path / "broken.png").write_bytes(b"no film")
    paths = [place / "films" / "sick" / "f0.png", tmp_path / "broken.png"]
    images = sources.images_of_files(paths, ["sick"])
    shapes, text = looked_at(images, 1)
    np.testing.assert_array_equal(shapes, [[32, 32], [np.nan, np.nan]])
    assert text["broken.png"].shape == (0, 4)


def test_the_frame_is_a_tenth_on_every_side():
    covered = np.zeros((100, 100), bool)
    for x, y, w, h in np.rint(lung_study.FRAME * 100).astype(int):
        covered[y : y + h, x : x + w] = True
    np.testing.assert_array_equal(covered, np.pad(np.zeros((80, 80), bool), 10, constant_values=1))
