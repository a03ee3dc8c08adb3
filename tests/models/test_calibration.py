import numpy as np
import pytest

from errors import BadArrays
from models.calibration import Calibration

RNG = np.random.default_rng(0)
TRUE = RNG.uniform(0.02, 0.7, (4000, 2))
LABELS = (RNG.random(TRUE.shape) < TRUE).astype(np.float32)


def squashed(logits):
    return 1 / (1 + np.exp(-logits))


# Twice too sure of the first label, far too hopeful about the second.
LOGITS = np.log(TRUE / (1 - TRUE))
RAW = squashed(LOGITS * [2, 1] + [0, 3]).astype(np.float32)


def test_probabilities_become_those_that_labels_were_sampled_with():
    found = Calibration.fit(LABELS, RAW)(RAW)
    assert np.abs(RAW - TRUE).mean() > 0.1
    np.testing.assert_allclose(found, TRUE, atol=0.04)
    assert found.dtype == np.float32


def test_slope_and_shift_undo_what_was_done():
    calibration = Calibration.fit(LABELS, RAW)
    np.testing.assert_allclose(calibration.slopes, [0.5, 1], atol=0.08)
    np.testing.assert_allclose(calibration.shifts, [0, -3], atol=0.2)


def test_unreported_labels_do_not_count():
    holes = LABELS.copy()
    holes[::3] = np.nan
    kept = ~np.isnan(holes[:, 0])
    one, other = Calibration.fit(holes, RAW), Calibration.fit(LABELS[kept], RAW[kept])
    np.testing.assert_array_equal(one.slopes, other.slopes)


def test_the_order_of_images_is_kept_even_where_a_label_was_predicted_backwards():
    backwards = 1 - RAW
    found = Calibration.fit(LABELS, backwards)(backwards)
    assert (np.diff(found[np.argsort(backwards[:, 0]), 0]) >= 0).all()
    assert len(np.unique(found[:, 0])) > 3000


def test_a_label_of_one_class_stays_as_it_is():
    calibration = Calibration.fit(np.zeros((5, 1)), RAW[:5, :1])
    np.testing.assert_allclose(calibration(RAW[:, :1]), RAW[:, :1], rtol=1e-4)


def test_certainty_stays_finite():
    certain = np.array([[0.0], [1.0], [1.0], [0.0]], np.float32)
    found = Calibration.fit(np.array([[0.0], [1], [0], [1]]), certain)(certain)
    assert ((found > 0) & (found < 1)).all()


def test_numbers_survive_the_disk(tmp_path):
    calibration = Calibration.fit(LABELS, RAW)
    calibration.save(tmp_path / "calibration.npz")
    again = Calibration.load(tmp_path / "calibration.npz", 2)
    np.testing.assert_array_equal(again(RAW), calibration(RAW))


@pytest.mark.parametrize("slopes", [np.ones(1), np.array([1, np.nan]), np.ones((2, 1))])
def test_numbers_of_other_labels_are_refused(tmp_path, slopes):
    Calibration(slopes, np.zeros(2)).save(tmp_path / "calibration.npz")
    with pytest.raises(BadArrays, match="must be 2 numbers"):
        Calibration.load(tmp_path / "calibration.npz", 2)


def test_the_shift_can_be_fitted_alone():
    found = Calibration.fit(LABELS, RAW, limits=(1.0, 1.0))
    np.testing.assert_array_equal(found.slopes, 1)
    # As many positives are expected as there are.
    np.testing.assert_allclose(found(RAW).mean(axis=0), LABELS.mean(axis=0), atol=1e-3)
