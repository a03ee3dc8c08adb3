import numpy as np
import pytest

from errors import InvalidOption
from evaluation.recalibration import check_patients, cross_fitted

OWNERS = np.repeat(np.arange(60), 3)
# Every image can be recognised by its probability.
PROBABILITIES = np.random.default_rng(0).permutation(np.linspace(0.01, 0.99, 180))[:, None]
LABELS = (np.random.default_rng(1).random((180, 1)) < 0.5).astype(float)


def memorising(labels, probabilities):
    """Learns each image by heart, and knows nothing of others."""
    known = dict(zip(probabilities[:, 0], labels[:, 0], strict=True))
    return lambda others: np.array([[known.get(each, 0.5)] for each in others[:, 0]])


@pytest.mark.parametrize("count", [20, 48, 55, 59])
def test_no_patient_calibrates_itself(count):
    found = cross_fitted(LABELS, PROBABILITIES, OWNERS, count, memorising)
    np.testing.assert_array_equal(found, 0.5)
    # The recalibrator would know them.
    assert (memorising(LABELS, PROBABILITIES)(PROBABILITIES) == LABELS).all()


@pytest.mark.parametrize("count", [20, 59])
def test_each_recalibration_is_on_all_images_of_so_many_patients(count):
    seen = []

    def counting(labels, probabilities):
        rows = np.isin(PROBABILITIES[:, 0], probabilities[:, 0])
        seen.append((len(set(OWNERS[rows])), len(labels)))
        return lambda others: others

    found = cross_fitted(LABELS, PROBABILITIES, OWNERS, count, counting)
    assert set(seen) == {(count, 3 * count)}
    np.testing.assert_array_equal(found, PROBABILITIES)


def test_the_same_seed_draws_the_same_patients():
    def mean(labels, probabilities):
        return lambda others: np.full(others.shape, probabilities.mean())

    one, same, other = (
        cross_fitted(LABELS, PROBABILITIES, OWNERS, 20, mean, seed) for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


@pytest.mark.parametrize("count", [19, 60, 100])
def test_too_few_and_too_many_patients_are_refused(count):
    with pytest.raises(InvalidOption, match="at least 20 patients and fewer than the 60 of B"):
        check_patients(count, 60, "B")
    check_patients(59, 60, "B")
