import numpy as np
import pytest

from errors import MisalignedRows
from features.table import Features

FEATURES = Features("any", np.array(["a", "b", "c"], object), np.eye(3, dtype=np.float32))


def test_rows_follow_the_ids_asked_for():
    assert FEATURES.rows(np.array(["c", "a"])).tolist() == [[0, 0, 1], [1, 0, 0]]


def test_a_film_without_a_vector_raises_and_is_named():
    with pytest.raises(MisalignedRows, match="1 have none, such as 'd'"):
        FEATURES.rows(np.array(["a", "d"]))


def test_as_many_ids_as_vectors():
    with pytest.raises(MisalignedRows, match="3 vectors for 1 ids"):
        Features("any", np.array(["a"], object), np.eye(3, dtype=np.float32))
