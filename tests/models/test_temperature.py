import numpy as np
import pytest
from scipy.special import log_softmax, softmax

from errors import BadArrays
from models.temperature import Temperature

RNG = np.random.default_rng(0)
LOGITS = RNG.normal(size=(4000, 3))
CHOSEN = (softmax(LOGITS, axis=1).cumsum(axis=1) > RNG.random((4000, 1))).argmax(axis=1)
LABELS = np.eye(3)[CHOSEN]


def test_probabilities_that_are_too_bold_are_divided_by_how_much_they_are():
    found = Temperature.fit(LABELS, softmax(3 * LOGITS, axis=1))
    assert found.temperature == pytest.approx(3, rel=0.1)


def test_it_has_the_least_cross_entropy_of_many_temperatures():
    bold = softmax(3 * LOGITS, axis=1)
    counts = LABELS.sum(axis=0)
    own = (LABELS @ counts)[:, None]
    targets = (LABELS * own + 1) / (own + 3)
    every = np.linspace(1, 6, 501)
    losses = [-(targets * log_softmax(np.log(bold) / each, axis=1)).sum() for each in every]
    best = every[np.argmin(losses)]
    assert Temperature.fit(LABELS, bold).temperature == pytest.approx(best, abs=0.011)


def test_the_most_probable_class_stays():
    bold = softmax(3 * LOGITS, axis=1)
    calibrated = Temperature.fit(LABELS, bold)(bold)
    np.testing.assert_array_equal(calibrated.argmax(axis=1), bold.argmax(axis=1))
    np.testing.assert_allclose(calibrated.sum(axis=1), 1, rtol=1e-6)


def test_one_of_two_classes_has_the_temperature_of_both():
    two = softmax(3 * LOGITS[:, :2], axis=1)
    truth = np.eye(2)[(LOGITS[:, 1] > 0.3).astype(int)]
    both, one = Temperature.fit(truth, two), Temperature.fit(truth[:, 1:], two[:, 1:])
    assert one.temperature == pytest.approx(both.temperature, rel=1e-6)
    np.testing.assert_allclose(one(two[:, 1:])[:, 0], both(two)[:, 1], rtol=1e-5)


@pytest.mark.parametrize("rows", [slice(0), CHOSEN == 1])
def test_images_of_fewer_than_two_classes_change_nothing(rows):
    assert Temperature.fit(LABELS[rows], softmax(LOGITS, axis=1)[rows]).temperature == 1


def test_images_without_a_known_class_do_not_count():
    labels, probabilities = LABELS.copy(), softmax(3 * LOGITS, axis=1)
    labels[:2000] = np.nan
    found = Temperature.fit(labels, probabilities)
    assert found == Temperature.fit(LABELS[2000:], probabilities[2000:])


def test_it_survives_the_disk(tmp_path):
    Temperature(1.7).save(tmp_path / "calibration.npz")
    assert Temperature.load(tmp_path / "calibration.npz") == Temperature(1.7)


@pytest.mark.parametrize("saved", [[0.0], [np.nan], [1.0, 2.0]])
def test_a_forged_temperature_is_refused(saved, tmp_path):
    np.savez(tmp_path / "calibration.npz", temperature=np.array(saved))
    with pytest.raises(BadArrays, match=r"temperature must be from 0\.05 to 20"):
        Temperature.load(tmp_path / "calibration.npz")
