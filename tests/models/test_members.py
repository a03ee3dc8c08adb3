import numpy as np

from models.members import made, weighings


def test_a_member_is_named_with_the_views_it_takes():
    assert made("logistic:words+metadata", seed=3).get_params()["views"] == ("words", "metadata")
    assert made("logistic", seed=3).seed == 3


def test_every_way_to_share_comes_once_and_the_evenest_first():
    ways = weighings(3, 2).tolist()
    assert len(ways) == len({tuple(way) for way in ways}) == 6
    assert ways[0].count(0.5) == 2
    np.testing.assert_allclose(np.sum(ways, axis=1), 1)
