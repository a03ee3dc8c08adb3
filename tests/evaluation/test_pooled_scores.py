import numpy as np
import pandas as pd
import pytest

from evaluation.pooled_scores import of_groups, pooled
from evaluation.scores import Scores


@pytest.mark.parametrize(("highest", "way"), [(False, "mean"), (True, "max")])
def test_groups_are_pooled_as_pandas_pools_them(highest, way):
    rng = np.random.default_rng(0)
    values, groups = rng.random((200, 3)), rng.integers(0, 60, 200).astype(str).astype(object)
    names, found = pooled(values, groups, highest=highest)
    by_hand = pd.DataFrame(values).groupby(groups, sort=False).agg(way)
    assert names.tolist() == by_hand.index.tolist()
    np.testing.assert_allclose(found, by_hand, rtol=1e-12)


def test_groups_of_one_keep_their_values_exactly():
    values = np.random.default_rng(1).random((20, 2))
    groups = np.array([f"g{row}" for row in range(20)], object)
    np.testing.assert_array_equal(pooled(values, groups)[1], values)


def test_every_model_is_pooled_over_the_same_groups():
    ids = np.array(["a", "b", "c"], object)
    scores = [Scores(name, ids, np.array([[0.2], [0.4], [0.9]]), ("Mass",)) for name in "xy"]
    first, second = of_groups(scores, np.array(["s", "s", "t"], object), highest=False)
    assert (first.model, second.model) == ("x", "y")
    assert first.ids.tolist() == second.ids.tolist() == ["s", "t"]
    np.testing.assert_allclose(first.probabilities, [[0.3], [0.9]])
