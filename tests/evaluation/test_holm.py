import numpy as np

from evaluation.holm import holm


def test_holm_by_hand():
    # 0.01 x 4, 0.02 x 3, 0.03 x 2 is no less than the one before, 0.9 x 1
    np.testing.assert_allclose(holm(np.array([0.9, 0.01, 0.03, 0.02])), [0.9, 0.04, 0.06, 0.06])


def test_a_corrected_p_never_passes_1():
    assert holm(np.array([0.6, 0.7])).tolist() == [1, 1]


def test_what_was_not_tested_stays_unknown_and_costs_nothing():
    np.testing.assert_allclose(holm(np.array([0.01, np.nan, 0.04])), [0.02, np.nan, 0.04])


def test_no_test_at_all_is_legal():
    assert holm(np.array([])).tolist() == []
