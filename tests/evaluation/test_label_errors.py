import numpy as np
import pytest
from cleanlab.count import compute_confident_joint

from evaluation.label_errors import expected
from evaluation.truth import Truth

NAN = np.nan


def truth_of(labels, patients=None):
    ids = np.array([f"i{number}" for number in range(len(labels))], object)
    names = tuple("ABCDE"[: labels.shape[1]])
    return Truth(ids, ids if patients is None else patients, labels, names)


def noisy(n_images=400, share=0.1, seed=0):
    """Labels of which a share is flipped, and probabilities by the labels as they were."""
    rng = np.random.default_rng(seed)
    right = (rng.random((n_images, 3)) < (0.5, 0.3, 0.1)).astype(float)
    probabilities = 1 / (1 + np.exp(-(6 * right - 3 + 1.5 * rng.normal(size=right.shape))))
    flipped = rng.random(right.shape) < share
    return np.where(flipped, 1 - right, right), probabilities


def by_cleanlab(labels, probabilities):
    """Wrong entries that say present and absent, by the confident joint of each label."""
    found = []
    for said, values in zip(labels.T.astype(int), probabilities.T, strict=True):
        joint = compute_confident_joint(
            said, np.column_stack([1 - values, values]), calibrate=False
        ).astype(float)
        joint *= (np.bincount(said) / joint.sum(axis=1))[:, None]
        found.append((joint[1, 0], joint[0, 1]))
    return found


@pytest.mark.parametrize("against", [False, True])
def test_expected_errors_are_those_of_the_confident_joint(against):
    labels, probabilities = noisy()
    # Probabilities that contradict the labels as a whole.
    probabilities = 1 - probabilities if against else probabilities
    found, _ = expected(truth_of(labels), probabilities, n_replicates=39)
    np.testing.assert_allclose(
        [(each.present, each.absent) for each in found], by_cleanlab(labels, probabilities)
    )


def test_the_share_of_wrong_labels_is_about_the_share_of_flipped_ones():
    found, overall = expected(truth_of(noisy()[0]), noisy()[1], n_replicates=200)
    for each in (found[0], overall):
        assert each.ci[0] < 0.1 < each.ci[1]


def test_all_labels_together_pool_their_entries():
    labels, probabilities = noisy()
    found, overall = expected(truth_of(labels), probabilities, n_replicates=39)
    assert overall.present == pytest.approx(sum(each.present for each in found))
    wrong = sum(each.present + each.absent for each in found)
    assert overall.rate == pytest.approx(wrong / labels.size)


def test_a_label_of_one_kind_has_no_figures_and_does_not_count_in_all():
    labels, probabilities = noisy()
    labels[:, 1] = 0
    found, overall = expected(truth_of(labels), probabilities, n_replicates=39)
    assert np.isnan(found[1].rate)
    assert "have images with the finding" in found[1].ci_missing
    alone, _ = expected(truth_of(labels[:, [0, 2]]), probabilities[:, [0, 2]], n_replicates=39)
    assert overall.present == pytest.approx(sum(each.present for each in alone))


def test_labels_that_are_not_reported_count_nowhere():
    labels, probabilities = noisy()
    more = np.concatenate([labels, np.full((9, 3), NAN)])
    others = np.concatenate([probabilities, np.full((9, 3), 0.5)])
    one, _ = expected(truth_of(labels), probabilities, n_replicates=39)
    other, _ = expected(truth_of(more), others, n_replicates=39)
    assert [each.rate for each in other] == [each.rate for each in one]


def test_repeating_every_image_of_a_patient_changes_no_interval():
    labels, probabilities = noisy(n_images=80)
    ids = truth_of(labels).ids
    twice, patients = np.tile(labels, (2, 1)), np.tile(ids, 2)
    one, _ = expected(truth_of(labels), probabilities, n_replicates=60)
    other, _ = expected(truth_of(twice, patients), np.tile(probabilities, (2, 1)), n_replicates=60)
    np.testing.assert_allclose([each.ci for each in other[:2]], [each.ci for each in one[:2]])
