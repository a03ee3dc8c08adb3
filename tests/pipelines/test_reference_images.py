import numpy as np
import pytest

from datasets import sources
from datasets.image_statistics import STATISTICS, layout_of, measured
from datasets.options import Work
from inference.predictor import Predictor
from models import bundle
from models.training_reference import LAYOUT, with_layouts
from models.views import Views
from pipelines import reference_images
from pipelines.command_options import Train


@pytest.fixture(scope="module")
def made(place):
    return bundle.load(place / "bundle")


@pytest.fixture(scope="module")
def images(place):
    options = Work(data=place / "films", cache=place / "cache", task="multilabel")
    return sources.images_of(options)


@pytest.fixture(scope="module")
def views(place, images):
    """Features of all images, computed without the cache."""
    planes = [sources.read_or_blank(path) for path in images.paths]
    return with_layouts(Predictor(place / "bundle").views(planes), [*map(layout_of, planes)])


def test_histograms_are_of_the_training_images(made, images):
    training = measured(images.paths[images.train], 1).table
    for name in STATISTICS:
        histogram = made.reference.histograms[name]
        np.testing.assert_array_equal(histogram.counts, histogram.counted(training[name]))


def test_distances_and_probabilities_are_those_of_validation_images(made, images, views):
    held_out = views.select(images.validation)
    words = held_out.arrays["orb_words"]
    raw = made.findings(held_out.of("orb_words")).raw
    for name, values in (
        ("orb_words distance", made.reference.spreads["orb_words"].distances(words)),
        ("probability of sick", raw[:, made.labels.index("sick")].astype(float)),
    ):
        histogram = made.reference.histograms[name]
        assert histogram.counts.sum() == images.validation.sum()
        assert histogram.shift(histogram.counted(values)).ks <= 1 / images.validation.sum()


def test_blocks_that_the_classifier_does_not_take_are_left_out(made, images, views):
    more = Views({**views.blocks, "other": views.blocks["orb_words"]})
    again = reference_images.with_reference(made, more, images, Train())
    assert [*again.reference.spreads] == ["orb_words", LAYOUT]
    assert again.reference.limit == pytest.approx(made.reference.limit)


def test_test_images_beyond_the_limit_are_counted(made, images, views):
    figures = reference_images.of_test(made, views, images, Train())
    distances = made.reference.distances(views.select(images.test))
    assert figures["images"] == images.test.sum()
    assert figures["unlike"] == np.sum(distances > made.reference.limit)


def test_a_line_says_how_many_test_images_are_unlike():
    assert reference_images.lines({}) == []
    (line,) = reference_images.lines({"limit": 2.0, "images": 309, "unlike": 3})
    assert line.startswith("unlike the training images: 3 of 309 test images (1.0%")
