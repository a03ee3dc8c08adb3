import numpy as np
import pytest

from datasets import sources
from datasets.image_change import acquisition
from evaluation.figures import evaluate
from evaluation.scores import Scores
from evaluation.truth import Truth
from inference.cached_features import CachedFeatures
from inference.changed_features import bundle_features
from inference.changed_predictions import ChangedPredictions
from inference.predictions import stream
from inference.predictor import Predictor
from inference.robustness_study import RobustnessStudy, examples
from pipelines.command_options import Train

CHANGES = {"noise": {s: acquisition("noise", s) for s in (1, 5)}}


@pytest.fixture(scope="module")
def study(place, tmp_path_factory):
    options = Train(data=place / "films", cache=tmp_path_factory.mktemp("cache"), jobs=2)
    predictor = Predictor(place / "bundle")
    images = sources.images_for(options, predictor.bundle.labels)
    models = {"one": predictor}
    features = bundle_features(models, images, options)
    truth = Truth(images.ids, images.patients, images.labels, images.label_names)
    return RobustnessStudy(models, features, truth, 40, 0)


@pytest.fixture(scope="module")
def found(study):
    return study.figures(CHANGES)


def test_severity_0_gives_exactly_the_predictions_of_unchanged_images(study, place):
    images, predictor = study.features.images, study.models["one"]
    cached = CachedFeatures(predictor, images, place / "cache")
    predicted = list(stream(predictor, images, 0, 2, cached))
    expected = [[finding.probability for finding in image.findings] for image in predicted]
    unchanged = study.features.unchanged()["one"]
    (after,) = study.features.after([acquisition("noise", 0)])
    model = ChangedPredictions(predictor, unchanged, images.meta, range(len(images.label_names)))
    for blocks in (unchanged, after["one"]):
        np.testing.assert_array_equal(model.seen(blocks).probabilities, expected)


def test_figures_of_unchanged_images_are_those_of_a_comparison(study, found):
    images, predictor = study.features.images, study.models["one"]
    columns = range(len(images.label_names))
    unchanged = study.features.unchanged()["one"]
    seen = ChangedPredictions(predictor, unchanged, images.meta, columns).seen(unchanged)
    scores = Scores("one", images.ids, seen.probabilities, images.label_names)
    thresholds = {"one": predictor.bundle.thresholds}
    expected = evaluate(study.truth, [scores], thresholds=thresholds, n_replicates=40)
    expected = expected["models"]["one"]
    own = found["unchanged"]["one"]["figures"]
    assert own["macro_auc"]["value"] == pytest.approx(expected["macro_auc"], abs=1e-12)
    assert own["macro_auc"]["ci"] == pytest.approx(expected["macro_auc_ci"], abs=1e-12)
    assert own["ece"]["value"] == pytest.approx(expected["calibration"]["ece"])
    assert own["brier"]["value"] == pytest.approx(expected["calibration"]["brier"])
    recalls = [each["recall"] for each in expected["labels"].values()]
    assert own["sensitivity"]["value"] == pytest.approx(np.mean(recalls))
    assert own["flips"]["value"] == 0


def test_every_change_and_severity_has_all_figures(found):
    assert [*found["changed"]] == ["noise"]
    assert [*found["changed"]["noise"]] == ["1", "5"]
    assert [*found["changed"]["noise"]["1"]] == ["one"]
    assert found["baseline"] is None


def test_noise_costs_a_model_of_fine_patterns(found):
    plain = found["unchanged"]["one"]["figures"]["macro_auc"]["value"]
    heavy = found["changed"]["noise"]["5"]["one"]["figures"]["macro_auc"]["value"]
    mild = found["changed"]["noise"]["1"]["one"]["figures"]["macro_auc"]["value"]
    loss = found["summary"]["noise"]["losses"]["one"]["value"]
    assert loss == pytest.approx(plain - (mild + heavy) / 2)
    assert found["changed"]["noise"]["5"]["one"]["figures"]["flips"]["value"] > 0


def test_amounts_say_what_severities_mean(found):
    assert found["changes"]["noise"]["amounts"] == {"1": 2000, "5": 50}


def test_the_example_is_one_image_unchanged_and_changed(study):
    (planes,) = examples(study.features, CHANGES).values()
    assert len(planes) == 3
    assert np.abs(planes[2].astype(float) - planes[0]).mean() > 0
