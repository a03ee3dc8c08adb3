import numpy as np

from models.attribution import Attribution

NET = np.array([[[1.0, -2.0], [0.0, 0.0]]])
WORDS = np.array([[[3.0, -1.0, 1.0], [0.0, 0.0, 0.0]]])
ATTRIBUTION = Attribution({"net": NET, "sift": WORDS}, np.array([[0.5, 0.25]]))


def test_sums_are_net_evidence_in_logits():
    sums = ATTRIBUTION.sums
    np.testing.assert_array_equal(sums["net"], [[-1, 0]])
    np.testing.assert_array_equal(sums["sift"], [[3, 0]])


def test_shares_weigh_evidence_for_and_against_alike():
    np.testing.assert_allclose(ATTRIBUTION.shares["net"][0, 0], 3 / 8)
    np.testing.assert_allclose(ATTRIBUTION.shares["sift"][0, 0], 5 / 8)


def test_where_nothing_is_attributed_nobody_has_a_share():
    assert ATTRIBUTION.shares["net"][0, 1] == ATTRIBUTION.shares["sift"][0, 1] == 0
