from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from datasets.images import TEST, TRAIN, Split
from features.extracted import Extracted
from features.given_features import Given, Source
from pipelines.command_options import Compare
from pipelines.comparing import site_causes, site_predictions
from pipelines.comparing.candidates import candidates_of, metadata_only
from pipelines.comparing.comparison_run import ComparisonRun
from pipelines.comparing.external_sets import Site
from pipelines.comparing.run_cache import Fit
from tests import fakes

N_IMAGES = 120
OPTIONS = Compare(classifiers="logistic", baseline="logistic", jobs=1)
RNG = np.random.default_rng(4)


def images(name, share_of_old, **changes):
    old = np.arange(N_IMAGES) % 10 < 10 * share_of_old
    meta = pd.DataFrame({"age": np.where(old, 75.0, 35.0), "sex": "F", "view": ""})
    labels = (RNG.random((N_IMAGES, 2)) < 0.5).astype(float)
    ids = np.array([f"{name}{row}" for row in range(N_IMAGES)], object)
    return fakes.images(labels, ids=ids, patients=ids, meta=meta, **changes)


def extracted(images, shift):
    """Two blocks of features, the first of which is shifted."""
    blocks = {}
    for place, name in enumerate(("net", "words")):
        values = RNG.normal(size=(N_IMAGES, 3)).astype(np.float32)
        values[:, 0] += shift * (place == 0)
        source = Source(name, ("deep", "words")[place], Path("x.npz"))
        blocks[name] = Given(source, {}, images.ids, values)
    return Extracted(images, {}, None, 0.0, given=blocks)


def probabilities(images):
    """Good for the young, and chance for the old."""
    young = (images.meta["age"] < 50).to_numpy()[:, None]
    noise = RNG.random(images.labels.shape)
    return np.where(young, (images.labels + noise) / 2, noise)


@pytest.fixture(scope="module")
def causes():
    sets = np.where(np.arange(N_IMAGES) % 4 == 0, TRAIN, TEST).astype(object)
    inside = images("a", 0.2, split=Split("mine", sets))
    outside = images("b", 0.9)
    tested = inside.select(inside.test)
    elsewhere = {"B": probabilities(outside)}
    fit = Fit(tested.ids, probabilities(tested), np.full(2, 0.5), 1.0, {}, elsewhere=elsewhere)
    candidates = candidates_of(OPTIONS)
    fits = {each.name: [[fit]] for each in (*candidates, metadata_only())}
    site = Site("B", outside, {}, [extracted(outside, 3.0)])
    stages = [extracted(inside, 0.0)]
    run = ComparisonRun(candidates, metadata_only(), fits, stages, OPTIONS, [site])
    return site_causes.of_run(run, site_predictions.of_run(run))["B"]


def test_test_images_and_those_outside_are_counted(causes):
    assert (causes.inside.images, causes.outside.images) == (90, 120)
    assert causes.outside.age == [75, 75, 75]
    assert causes.outside.sex == {"F": 1.0}
    assert causes.outside.view == {"unknown": 1.0}


def test_images_that_cannot_be_read_have_no_statistics(causes):
    assert causes.inside.statistics == {}


def test_shifted_features_know_the_site_and_others_do_not(causes):
    assert causes.site_auc["net"].auc_ci[0] > 0.9
    low, high = causes.site_auc["words"].auc_ci
    assert low < 0.5 < high


def test_age_tells_sites_of_other_ages_apart(causes):
    assert causes.site_auc["metadata"].auc > 0.7


def test_the_mix_explains_a_drop_that_comes_from_age(causes):
    assert causes.variables == ["age", "sex"]
    found = causes.reweighted["logistic"]
    assert found.drop.ci[0] > 0
    assert found.explained.ci[0] > 0
    assert found.labels == 2
