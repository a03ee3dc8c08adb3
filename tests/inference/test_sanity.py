from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from errors import InvalidOption
from evaluation.localisation_figures import Look
from inference import sanity
from inference.boxed_images import Batch, Cases

SIDE = 60
N_IMAGES = 20
CASES = Cases(
    np.arange(N_IMAGES),
    np.array(["Mass"] * N_IMAGES, object),
    np.arange(N_IMAGES).astype(str),
    [np.array([[0.0, 0.0, 0.2, 0.2]])] * N_IMAGES,
)


def spotted():
    """A dark image with a bright spot in its upper left corner."""
    image = np.zeros((SIDE, SIDE), np.uint8)
    image[7:11, 7:11] = 255
    return image


class Brightest:
    """A predictor for which a finding is as probable as the image's brightest pixel is bright."""

    def views(self, planes, meta):
        assert len(planes) == len(meta)
        return np.array([plane.max() / 255 for plane in planes])

    def findings(self, views):
        return SimpleNamespace(calibrated=np.column_stack([np.zeros(len(views)), views]))


class Looker:
    """Sees images with spots, and maps that its classifier tells."""

    def __init__(self, classifier=None):
        self.predictor = Brightest()
        self.predictor.bundle = SimpleNamespace(classifier=classifier)

    def batches(self, cases, doing):
        planes = [spotted()] * len(cases)
        meta = pd.DataFrame({"age": np.zeros(len(cases))})
        yield Batch(planes, meta, self.predictor.views(planes, meta), cases.boxes, 1)

    def looks(self, cases, classifier):
        return {"camera": Look([classifier] * len(cases), cases.boxes)}


def heat(row, column):
    heat = np.zeros((10, 10))
    heat[row, column] = 1
    return heat


def test_the_region_attributed_most_is_a_tenth_of_the_image():
    heat = np.arange(100.0).reshape(10, 10)
    region = sanity.most_attributed(heat, (SIDE, SIDE))
    assert region.mean() == pytest.approx(0.1)
    assert region[54:].all()


def test_only_evidence_for_the_finding_is_taken_away():
    assert sanity.most_attributed(heat(0, 0), (SIDE, SIDE)).mean() == pytest.approx(0.01, abs=0.002)


def test_blurring_what_matters_lowers_the_probability_and_elsewhere_does_not():
    right, wrong = ([heat(1, 1)] * N_IMAGES, [heat(8, 8)] * N_IMAGES)
    looks = {"right": Look(right, CASES.boxes), "wrong": Look(wrong, CASES.boxes)}
    told = sanity.after_deletion(Looker(), CASES, looks, 100)
    assert told["right"]["credited"]["value"] > 0.5
    assert told["right"]["more"]["value"] > 0.3
    assert told["wrong"]["credited"]["value"] == 0


def test_an_empty_map_takes_nothing_away_and_does_not_count():
    looks = {"empty": Look([np.zeros((10, 10))] * N_IMAGES, CASES.boxes)}
    told = sanity.after_deletion(Looker(), CASES, looks, 100)
    more = told["empty"]["more"]
    assert (more["value"], more["ci"]) == (None, None)


def test_maps_that_stay_have_correlation_one(monkeypatch):
    graded = np.arange(9.0).reshape(3, 3)
    looks = {"camera": Look([graded] * N_IMAGES, CASES.boxes)}
    for turned, expected in ((graded, 1), (-graded, -1)):
        monkeypatch.setattr(sanity, "shuffled", lambda classifier, seed, turned=turned: turned)
        told = sanity.after_shuffling(Looker(), CASES, looks, 100)
        assert told["camera"]["correlation"]["value"] == pytest.approx(expected)


def test_a_classifier_without_weights_is_told_as_nothing(monkeypatch):
    def refuse(classifier, seed):
        raise InvalidOption("no weights")

    monkeypatch.setattr(sanity, "shuffled", refuse)
    assert sanity.after_shuffling(Looker(), CASES, {}, 100) == {}


def test_only_the_region_changes_and_a_spot_in_it_is_gone():
    plane = np.full((96, 96), 100, np.uint8)
    plane[40:46, 40:46] = 250
    region = np.zeros((96, 96), bool)
    region[36:50, 36:50] = True
    (found,) = sanity.blanked(plane, region[np.newaxis])
    np.testing.assert_array_equal(found[~region], plane[~region])
    assert np.abs(found[region].astype(int) - 100).max() < 20


def test_a_level_region_stays_as_bright_as_it_was():
    plane = np.full((32, 48), 77, np.uint8)
    np.testing.assert_array_equal(sanity.blanked(plane, np.ones((1, 32, 48), bool))[0], plane)
