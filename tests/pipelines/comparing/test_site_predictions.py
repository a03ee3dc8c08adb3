from dataclasses import replace

import numpy as np
import pytest

from datasets.images import Split, unknown_meta
from features.extracted import Extracted
from pipelines.command_options import Compare
from pipelines.comparing import site_predictions
from pipelines.comparing.candidates import candidates_of, metadata_only
from pipelines.comparing.comparison_run import ComparisonRun
from pipelines.comparing.external_sets import Site
from pipelines.comparing.run_cache import Fit
from tests import fakes

OPTIONS = Compare(classifiers="logistic", baseline="logistic", folds=2, seeds=2)
INSIDE = fakes.images(np.eye(3), split=Split("mine", np.array(["train", "test", ""], object)))
OUTSIDE = fakes.images(
    np.array([[1, 0], [0, 1], [0, 0], [1, 1.0]]), label_names=("label2", "label0")
)


def fit(probability, threshold):
    here = np.tile([probability, 0.9, probability / 2], (4, 1))
    thresholds = np.array([threshold, 0.5, np.nan])
    return Fit(INSIDE.ids[:1], np.ones((1, 3)), thresholds, 1.0, {}, elsewhere={"B": here})


@pytest.fixture
def run():
    """Two folds and two seeds; an external set with two of three labels, in another order."""
    pair = [fit(0.2, 0.1), fit(0.4, 0.3)], [fit(0.6, 0.5), fit(0.8, np.nan)]
    candidates = candidates_of(OPTIONS)
    fits = {each.name: [*pair] for each in (*candidates, metadata_only())}
    stages = [Extracted(INSIDE, {}, None, 0.0)] * 2
    sites = [Site("B", OUTSIDE, {})]
    return ComparisonRun(candidates, metadata_only(), fits, stages, OPTIONS, sites)


def test_a_probability_is_the_mean_over_folds_and_seeds(run):
    (found,) = site_predictions.of_run(run)
    scores = found.scores["logistic"]
    assert scores.label_names == found.truth.label_names == ("label2", "label0")
    np.testing.assert_allclose(scores.probabilities, np.tile([0.25, 0.5], (4, 1)))
    assert found.truth.labels.tolist() == OUTSIDE.labels.tolist()


def test_every_training_is_kept(run):
    (found,) = site_predictions.of_run(run)
    assert found.by_training["logistic"].shape == (2, 2, 4, 2)
    assert found.by_training["logistic"][:, :, 0, 1].tolist() == [[0.2, 0.4], [0.6, 0.8]]


def test_a_threshold_is_the_mean_over_those_of_the_trainings(run):
    (found,) = site_predictions.of_run(run)
    never, chosen = found.thresholds["logistic"]
    assert chosen == pytest.approx((0.1 + 0.3 + 0.5) / 3)
    assert np.isnan(never)


def test_given_thresholds_replace_them(run):
    asked = replace(run, options=replace(OPTIONS, thresholds="label2=0.7"))
    (found,) = site_predictions.of_run(asked)
    assert found.thresholds["logistic"][0] == 0.7


def test_the_metadata_only_baseline_is_there_where_metadata_are_known(run):
    (found,) = site_predictions.of_run(run)
    assert [*found.scores] == ["logistic", "metadata alone"]
    unknown = replace(INSIDE, meta=unknown_meta(3))
    (found,) = site_predictions.of_run(replace(run, stages=[Extracted(unknown, {}, None, 0.0)]))
    assert [*found.scores] == ["logistic"]


def of_classes(run, labels):
    names = INSIDE.label_names
    outside = fakes.images(np.array(labels, float), label_names=names)
    stages = [Extracted(replace(INSIDE, classes=names), {}, None, 0.0)] * 2
    return site_predictions.of_run(replace(run, stages=stages, sites=[Site("B", outside, {})]))[0]


def test_of_exclusive_classes_the_most_probable_one_is_chosen(run):
    found = of_classes(run, np.eye(3)[[0, 1, 2, 0]])
    assert found.classes == INSIDE.label_names
    assert found.thresholds["logistic"][0].tolist() == [np.inf, 0, np.inf]


def test_external_images_of_several_classes_make_independent_labels(run):
    assert of_classes(run, [[1, 1, 0]] * 4).classes == ()
