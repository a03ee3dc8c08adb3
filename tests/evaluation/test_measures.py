import numpy as np
import pytest

from evaluation import bootstrap, certainty
from evaluation.decisions import decide, undecided
from evaluation.measures import measured, measures
from evaluation.metric import THRESHOLDS, Metric
from evaluation.metrics.average_precision import AveragePrecision

RNG = np.random.default_rng(sum(map(ord, "measures")))
N_PATIENTS, N_IMAGES = 40, 150
OWNERS = np.append(np.arange(N_PATIENTS), RNG.integers(0, N_PATIENTS, N_IMAGES - N_PATIENTS))
LABELS = (RNG.random((N_IMAGES, 3)) < (0.4, 0.2, 0.3)).astype(float)
LABELS[RNG.random(LABELS.shape) < 0.1] = np.nan
SCORES = (RNG.random(LABELS.shape) + np.nan_to_num(LABELS) / 3).round(1) / 2
THRESHOLD = np.array([0.3, 0.4, 0.5])
COMMON = np.array([60, 30, 45])


class Recall(Metric):
    """Sensitivity at the threshold."""

    title = "Recall"
    needs = THRESHOLDS

    def by_label(self, evidence):
        return evidence.decided.recall


METRICS = (AveragePrecision(), Recall())


def of(thresholds, **drawn):
    model = measures(LABELS, SCORES, OWNERS, METRICS, COMMON, thresholds)
    missing = certainty.missing(LABELS, OWNERS)
    return measured(model, ("ap", "recall"), missing, undecided(LABELS, thresholds), **drawn)


@pytest.fixture(scope="module")
def drawn():
    return of(THRESHOLD, n_replicates=60, seed=3)


def test_aucs_are_those_that_are_computed_alone_to_the_last_digit(drawn):
    alone = bootstrap.replicates(LABELS, SCORES, OWNERS, n_replicates=60, seed=3)
    for name in ("labels", "macro", "micro", "whole"):
        np.testing.assert_array_equal(getattr(drawn.aucs, name), getattr(alone, name))


def test_each_replicate_is_what_its_images_give_one_by_one(drawn):
    for replicate, values in enumerate(drawn.metrics["recall"].resampled):
        times = bootstrap.draw(N_PATIENTS, 3, replicate).astype(int)[OWNERS]
        rows = np.repeat(np.arange(N_IMAGES), times)
        expected = decide(LABELS[rows], SCORES[rows], THRESHOLD).recall
        np.testing.assert_allclose(values, [expected.mean(), *expected], rtol=1e-12)


def test_the_whole_is_the_figure_of_the_images_themselves(drawn):
    expected = decide(LABELS, SCORES, THRESHOLD).recall
    np.testing.assert_allclose(drawn.metrics["recall"].whole[1:], expected, rtol=1e-12)


def test_images_may_have_thresholds_of_their_own():
    own = np.where(np.arange(N_IMAGES)[:, None] < 70, THRESHOLD, THRESHOLD / 2)
    found = of(own, n_replicates=39).metrics["recall"].whole[1:]
    np.testing.assert_allclose(found, decide(LABELS, SCORES, own).recall, rtol=1e-12)


def test_a_label_without_a_threshold_has_no_decision_and_says_why():
    found = of(np.array([0.3, np.nan, 0.5]), n_replicates=39).metrics["recall"]
    assert np.isnan(found.whole[2])
    assert found.missing == (None, None, "the label has no threshold", None)


def test_where_no_label_has_a_threshold_the_overall_figure_says_so():
    found = of(np.full(3, np.nan), n_replicates=39).metrics["recall"]
    assert set(found.missing) == {"the label has no threshold"}


def test_chunks_of_replicates_change_nothing(drawn, monkeypatch):
    monkeypatch.setattr(bootstrap, "MOST_AT_ONCE", 7)
    again = of(THRESHOLD, n_replicates=60, seed=3)
    np.testing.assert_array_equal(again.metrics["ap"].resampled, drawn.metrics["ap"].resampled)
