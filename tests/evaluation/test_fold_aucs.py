import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from evaluation.fold_aucs import fold_aucs

RNG = np.random.default_rng(5)
N_PATIENTS, N_IMAGES = 40, 160
PATIENTS = np.arange(N_IMAGES) % N_PATIENTS
FOLDS = PATIENTS % 4
LABELS = (RNG.random((N_IMAGES, 2)) < (0.5, 0.3)).astype(float)
SCORES = (RNG.random(LABELS.shape) + LABELS / 4).round(1)


def by_hand(rows, label=0):
    return np.mean(
        [
            roc_auc_score(
                LABELS[rows[FOLDS[rows] == fold], label], SCORES[rows[FOLDS[rows] == fold], label]
            )
            for fold in range(4)
        ]
    )


def test_the_auc_is_the_mean_of_the_aucs_inside_folds():
    figures = fold_aucs(LABELS, SCORES, FOLDS, PATIENTS, n_replicates=39)
    assert figures[0]["auc"] == pytest.approx(by_hand(np.arange(N_IMAGES)))
    assert figures[1]["auc"] == pytest.approx(by_hand(np.arange(N_IMAGES), 1))


def test_the_interval_is_that_of_resampled_patients_widened_for_what_folds_share():
    expected = []
    for replicate in range(39):
        rng = np.random.default_rng([0, replicate])
        drawn = rng.integers(N_PATIENTS, size=N_PATIENTS)
        expected.append(by_hand(np.concatenate([np.flatnonzero(p == PATIENTS) for p in drawn])))
    figures = fold_aucs(LABELS, SCORES, FOLDS, PATIENTS, n_replicates=39)
    auc = by_hand(np.arange(N_IMAGES))
    # A third as many images are scored as are learned from, in each of four folds.
    wider = [auc + np.sqrt(1 + 4 / 3) * (end - auc) for end in (min(expected), max(expected))]
    assert figures[0]["auc_ci"] == pytest.approx(wider)


def test_an_interval_stays_within_zero_and_one():
    figures = fold_aucs(LABELS, SCORES + 0.6 * LABELS, FOLDS, PATIENTS)
    assert figures[0]["auc_ci"][1] == 1 > figures[0]["auc"]


def test_an_offset_between_folds_changes_nothing():
    shifted = SCORES + 10 * FOLDS[:, None]
    plain, moved = (
        fold_aucs(LABELS, each, FOLDS, PATIENTS, n_replicates=39) for each in (SCORES, shifted)
    )
    assert plain == moved


def test_a_fold_with_one_class_does_not_count():
    labels = np.where(FOLDS[:, None] == 3, 0, LABELS)
    three = FOLDS != 3
    expected = fold_aucs(LABELS[three], SCORES[three], FOLDS[three], PATIENTS[three])
    assert fold_aucs(labels, SCORES, FOLDS, PATIENTS)[0]["auc"] == expected[0]["auc"]


def test_few_patients_get_a_reason_instead_of_an_interval():
    few = PATIENTS < 12
    (first, _) = fold_aucs(LABELS[few], SCORES[few], FOLDS[few], PATIENTS[few])
    assert first["auc_ci"] is None
    assert "at least 20 are needed" in first["auc_ci_missing"]
