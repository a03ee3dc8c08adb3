import numpy as np
import pytest
from sklearn.metrics import recall_score, roc_auc_score

from evaluation import bootstrap, severity_figures
from evaluation.severity_figures import COUNTED, FIGURES, Drawn, Seen, macro_auc, mean, measured
from evaluation.truth import Truth

RNG = np.random.default_rng(5)
N_IMAGES, REPLICATES = 120, 60
LABELS = (RNG.random((N_IMAGES, 2)) < 0.4).astype(float)
PATIENTS = np.array([f"p{number // 2}" for number in range(N_IMAGES)], object)
IDS = np.array([f"i{number}" for number in range(N_IMAGES)], object)
TRUTH = Truth(IDS, PATIENTS, LABELS, ("Mass", "Edema"))


def seen(noise, threshold=0.5):
    values = np.clip(0.3 + 0.3 * LABELS + noise * RNG.normal(size=LABELS.shape), 0, 1)
    return Seen(values, (values >= threshold).astype(float))


PLAIN, CHANGED = seen(0.2), seen(0.4)


def figures(one=CHANGED, truth=TRUTH):
    return measured(truth, one, PLAIN, REPLICATES, 0).figures


def test_figures_are_means_over_labels():
    found = figures()
    aucs = [roc_auc_score(LABELS[:, k], CHANGED.probabilities[:, k]) for k in range(2)]
    recalls = [recall_score(LABELS[:, k], CHANGED.decisions[:, k]) for k in range(2)]
    negatives = [recall_score(1 - LABELS[:, k], 1 - CHANGED.decisions[:, k]) for k in range(2)]
    assert found["macro_auc"].whole == pytest.approx(np.mean(aucs))
    assert found["sensitivity"].whole == pytest.approx(np.mean(recalls))
    assert found["specificity"].whole == pytest.approx(np.mean(negatives))
    assert found["brier"].whole == pytest.approx(np.mean((CHANGED.probabilities - LABELS) ** 2))
    assert found["flips"].whole == pytest.approx(np.mean(CHANGED.decisions != PLAIN.decisions))
    assert [*found] == [*FIGURES]


def test_replicates_resample_the_images_of_patients():
    found, replicate = figures(), 7
    weights = bootstrap.draw(N_IMAGES // 2, 0, replicate)
    rows = np.repeat(np.arange(N_IMAGES), weights[TRUTH.owners].astype(int))
    recalls = [recall_score(LABELS[rows, k], CHANGED.decisions[rows, k]) for k in range(2)]
    aucs = [roc_auc_score(LABELS[rows, k], CHANGED.probabilities[rows, k]) for k in range(2)]
    assert found["sensitivity"].draws[replicate] == pytest.approx(np.mean(recalls))
    assert found["macro_auc"].draws[replicate] == pytest.approx(np.mean(aucs))
    assert all(len(found[name].draws) == REPLICATES for name in FIGURES)


def test_unchanged_images_flip_nothing():
    found = figures(PLAIN)
    assert found["flips"].whole == 0
    assert found["flips"].draws.max() == 0


def test_labels_that_are_not_reported_and_decisions_not_made_do_not_count():
    labels, decisions = LABELS.copy(), CHANGED.decisions.copy()
    labels[:40, 0], decisions[:, 1] = np.nan, np.nan
    found = figures(CHANGED._replace(decisions=decisions), Truth(IDS, PATIENTS, labels, ("a", "b")))
    assert found["sensitivity"].whole == recall_score(LABELS[40:, 0], CHANGED.decisions[40:, 0])
    expected = np.mean(CHANGED.decisions[:, 0] != PLAIN.decisions[:, 0])
    assert found["flips"].whole == pytest.approx(expected)


def test_each_label_has_its_auc_and_interval():
    labels = measured(TRUTH, CHANGED, PLAIN, REPLICATES, 0).labels
    assert labels["Edema"].whole == roc_auc_score(LABELS[:, 1], CHANGED.probabilities[:, 1])
    low, high = labels["Edema"].estimate["ci"]
    assert low < labels["Edema"].whole < high


def test_few_patients_have_no_interval_and_a_reason():
    rows = np.arange(20)
    few = Truth(IDS[rows], PATIENTS[rows], LABELS[rows], ("a", "b"))
    part = Seen(CHANGED.probabilities[rows], CHANGED.decisions[rows])
    found = measured(few, part, part, REPLICATES, 0).figures
    for name in ("macro_auc", *COUNTED):
        assert found[name].estimate["ci"] is None
        assert "at least 20 are needed" in found[name].estimate["ci_missing"]


def test_the_macro_auc_alone_is_the_same():
    alone = macro_auc(TRUTH, CHANGED.probabilities, REPLICATES, 0)
    np.testing.assert_array_equal(alone.draws, figures()["macro_auc"].draws)


def test_differences_ratios_and_means_are_taken_replicate_by_replicate():
    one, other = Drawn(3.0, np.array([2.0, 4.0])), Drawn(2.0, np.array([1.0, 2.0]), "few")
    assert (one - other).draws.tolist() == [1, 2]
    assert (one / other).whole == 1.5
    assert (one - other).missing == "few"
    assert mean([one, other]).draws.tolist() == [1.5, 3]


def test_a_calibration_error_has_no_interval_and_says_why():
    estimate = figures()["ece"].estimate
    assert estimate["ci"] is None
    assert estimate["ci_missing"] == severity_figures.NO_ECE


def test_patients_are_resampled_site_by_site():
    sites = np.where(np.arange(N_IMAGES) < 40, "a", "b").astype(object)
    truth = Truth(IDS, PATIENTS, LABELS, ("Mass", "Edema"), sites)
    found = macro_auc(truth, CHANGED.probabilities, REPLICATES, 0)
    resampled = bootstrap.replicates(
        *(LABELS, CHANGED.probabilities, PATIENTS),
        **{"n_replicates": REPLICATES, "seed": 0, "strata": truth.strata},
    )
    np.testing.assert_array_equal(found.draws, resampled.macro)
