import numpy as np
import pytest

from models.label_boosting import BoostingData

NONE = np.nan


@pytest.fixture
def data():
    data = BoostingData()
    data.labels = np.array([[1, 0, NONE], [NONE, 0, NONE], [0, NONE, 1]])
    return data


def test_an_image_that_does_not_report_the_label_has_no_weight(data):
    targets, weights = data.targets(0)
    assert (targets.tolist(), weights.tolist()) == ([1, 0, 0], [1, 0, 1])
    assert targets.dtype == weights.dtype == np.float32


def test_a_label_with_both_classes_is_recognised(data):
    assert [data.has_both(column) for column in range(3)] == [True, False, False]
