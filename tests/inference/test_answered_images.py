import numpy as np

from evaluation.conformal import Bounds
from inference.answered_images import AnsweredImages, known_labels
from inference.predictions import Finding, Prediction
from tests import fakes

RNG = np.random.default_rng(0)
LABELS = (RNG.random((80, 2)) < 0.4).astype(float)


class Made:
    """A bundle with bounds, as far as answers need one."""

    labels = ("label0", "label1")
    bounds = Bounds.of(LABELS, RNG.random((80, 2)), np.arange(80))


def answered(images, answers):
    found = AnsweredImages(Made, 0.1)
    for name, row in zip(images.ids, answers, strict=True):
        pairs = zip(Made.labels, row, strict=True)
        findings = [Finding(each, 0.5, 0.5, 0.5, True, answer=said) for each, said in pairs]
        found.add(Prediction(name, tuple(findings)))
    return found.figures(images)


def test_coverage_counts_answers_that_the_labels_contradict():
    images = fakes.images(LABELS)
    right = np.where(LABELS == 1, "present", "absent").astype(object)
    right[:, 1] = "cannot say"
    figures = answered(images, right)
    assert (figures["pairs"], figures["answered"]) == (160, 80)
    assert figures["labels"]["label0"]["with_finding"]["coverage"] == 1
    wrong = answered(images, np.where(LABELS == 1, "absent", "present"))
    assert wrong["labels"]["label0"]["with_finding"]["coverage"] == 0
    assert wrong["labels"]["label0"]["without_finding"]["shifted"]


def test_labels_that_a_data_set_lacks_are_not_known():
    images = fakes.images(LABELS)
    found = known_labels(images, images.ids[:3], ("other", images.label_names[1]))
    assert np.isnan(found[:, 0]).all()
    np.testing.assert_array_equal(found[:, 1], LABELS[:3, 1])


def test_images_without_labels_have_no_coverage():
    images = fakes.images(np.full((3, 2), np.nan))
    figures = answered(images, [["present", "absent"]] * 3)
    assert figures == {"level": 0.1, "pairs": 6, "answered": 6}
