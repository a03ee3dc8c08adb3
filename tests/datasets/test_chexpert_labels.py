from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from datasets import chexpert_labels
from datasets.options import Reading
from errors import BadTable

TABLE = Path("train.csv")


def test_labels_are_in_the_order_of_chexpert_whatever_that_of_the_columns():
    frame = pd.DataFrame({"Edema": ["1.0"], "Cardiomegaly": ["0.0"], "Age": ["3"]})
    labelled = chexpert_labels.read(frame, TABLE, Reading())
    assert labelled.names == ("Cardiomegaly", "Edema")
    np.testing.assert_array_equal(labelled.labels, [[0, 1]])


@pytest.mark.parametrize(("blank", "value"), [("auto", 0), ("ones", 1), ("ignore", np.nan)])
def test_blank_labels_are_absent_unless_another_policy_is_given(blank, value):
    frame = pd.DataFrame({"Edema": ["", "1.0"]})
    labelled = chexpert_labels.read(frame, TABLE, Reading(blank=blank))
    np.testing.assert_array_equal(labelled.labels[:, 0], [value, 1])


def test_a_table_without_any_of_the_labels_is_refused():
    with pytest.raises(BadTable, match=r"train\.csv must have CheXpert's labels as columns"):
        chexpert_labels.read(pd.DataFrame({"Path": ["a"]}), TABLE, Reading())
