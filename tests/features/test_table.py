import numpy as np
import pytest

from errors import MisalignedRows
from features.table import Features


def test_as_many_ids_as_vectors():
    with pytest.raises(MisalignedRows, match="3 vectors for 1 ids"):
        Features("any", np.array(["a"], object), np.eye(3, dtype=np.float32))
