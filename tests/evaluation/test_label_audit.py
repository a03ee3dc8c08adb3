import numpy as np
import pytest
from cleanlab.multilabel_classification.rank import (
    get_label_quality_scores,
    get_label_quality_scores_per_class,
)

from evaluation.label_audit import image_quality, precision_at, ranks, self_confidence

NAN = np.nan


@pytest.fixture(scope="module")
def given():
    """Labels (40, 4) and probabilities; every image has a label, as the oracle asks for."""
    rng = np.random.default_rng(0)
    labels = (rng.random((40, 4)) < 0.4).astype(float)
    return labels, rng.random(labels.shape)


def listed(labels):
    return [np.flatnonzero(row).tolist() for row in labels]


def test_self_confidence_is_that_of_cleanlab(given):
    labels, probabilities = given
    expected = get_label_quality_scores_per_class(listed(labels), probabilities)
    np.testing.assert_allclose(self_confidence(labels, probabilities), expected)


def test_the_quality_of_images_is_that_of_cleanlab(given):
    labels, probabilities = given
    expected = get_label_quality_scores(listed(labels), probabilities)
    found = image_quality(self_confidence(labels, probabilities))
    np.testing.assert_allclose(found, expected)


def test_labels_that_are_not_reported_count_nowhere():
    confidence = self_confidence(np.array([[1, NAN, 0], [NAN] * 3]), np.full((2, 3), 0.3))
    np.testing.assert_allclose(confidence, [[0.3, NAN, 0.7], [NAN] * 3])
    # Of two labels, the lower one weighs four fifths.
    np.testing.assert_allclose(image_quality(confidence), [0.8 * 0.3 + 0.2 * 0.7, NAN])


def test_the_lowest_quality_is_ranked_first_and_none_is_0():
    assert ranks(np.array([0.5, NAN, 0.1, 0.5])).tolist() == [2, 0, 1, 3]


def test_precision_counts_wrong_labels_among_the_most_suspect():
    quality, wrong = np.array([0.2, NAN, 0.1, 0.9]), np.array([True, True, False, True])
    assert precision_at(wrong, quality, 2) == 0.5
    assert np.isnan(precision_at(wrong, quality, 0))


def test_flipped_labels_are_found_at_five_times_chance():
    rng = np.random.default_rng(1)
    labels = (rng.random((2_000, 5)) < 0.2).astype(float)
    # AUC about 0.86.
    probabilities = 1 / (1 + np.exp(-(3 * labels - 2.5 + 2 * rng.normal(size=labels.shape))))
    flipped = rng.random(labels.shape) < 0.05
    quality = self_confidence(np.where(flipped, 1 - labels, labels), probabilities)
    count = np.count_nonzero(flipped)
    assert precision_at(flipped.ravel(), quality.ravel(), count) >= 5 * flipped.mean()
