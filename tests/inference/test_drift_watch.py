import numpy as np
import pytest

from evaluation.population_shift import Histogram
from inference.drift_watch import LEAST_IMAGES, Drift, Watch, warnings_of
from models.training_reference import Observed, Reference

RNG = np.random.default_rng(0)
EXPOSURE, SHARPNESS = RNG.normal(120, 10, 400), RNG.normal(30, 3, 400)
REFERENCE = Reference(
    {"exposure": Histogram.of(EXPOSURE), "sharpness": Histogram.of(SHARPNESS)}, {}, {}, 2.0
)


def watched(exposures, window=0, distance=0.0):
    watch = Watch(REFERENCE, window)
    for exposure in exposures:
        watch.add(Observed((exposure, RNG.normal(30, 3)), distance))
    return watch


def test_images_like_the_training_images_have_not_shifted():
    drift = watched(RNG.normal(120, 10, 200)).drift()
    assert (drift.n_images, drift.n_unlike) == (200, 0)
    assert drift.sentences == []


def test_brighter_images_have_shifted_in_exposure_alone():
    drift = watched(RNG.normal(150, 10, 200)).drift()
    assert [*drift.shifted] == ["exposure"]
    assert " or more, in training 1" in drift.sentences[0]
    (sentence,) = drift.sentences
    assert sentence.startswith(
        "these 200 images are unlike the training images in exposure: median 14"
    )


def test_counts_give_what_the_histogram_says_of_the_values():
    values = RNG.normal(125, 10, 100)
    histogram = REFERENCE.histograms["exposure"]
    assert watched(values).drift().quantities["exposure"].shift == histogram.shift(
        histogram.counted(values)
    )


def test_only_the_last_images_count():
    drift = watched([*RNG.normal(200, 1, 300), *RNG.normal(120, 10, 100)], window=100).drift()
    assert drift.n_images == 100
    assert drift.shifted == {}


def test_few_images_are_not_judged():
    assert watched([200.0] * (LEAST_IMAGES - 1)).drift().shifted == {}
    assert [*watched([200.0] * LEAST_IMAGES).drift().shifted] == ["exposure"]


def test_images_beyond_the_limit_are_counted():
    watch = watched([120.0] * 3, window=4, distance=2.5)
    assert watch.drift().n_unlike == 3
    for _ in range(4):
        watch.add(Observed((120.0, 30.0), 1.0))
    assert watch.drift().n_unlike == 0


def test_before_the_first_image_there_is_nothing_to_compare():
    assert Watch(REFERENCE).drift() == Drift(0, 0)


@pytest.mark.parametrize(
    ("reference", "distance", "count"),
    [(None, None, 0), (REFERENCE, None, 0), (REFERENCE, 1.9, 0), (REFERENCE, 2.1, 1)],
)
def test_an_image_has_a_warning_if_its_distance_is_unusual(reference, distance, count):
    found = warnings_of(reference, distance)
    assert len(found) == count
    assert all(text.startswith("unlike the training images: distance 2.1") for text in found)
