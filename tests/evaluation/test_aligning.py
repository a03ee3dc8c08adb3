import numpy as np
import pytest

from errors import BadScores
from evaluation import aligning

IDS = np.array(["a", "b", "c"], object)


def test_rows_follow_the_ids_asked_for():
    assert aligning.rows_of("the table", IDS, np.array(["c", "a"])).tolist() == [2, 0]


def test_ids_without_a_row_are_counted_and_one_is_named():
    with pytest.raises(BadScores, match=r"in the table; 2 of 3 are not, such as 'x'"):
        aligning.rows_of("the table", IDS, np.array(["x", "a", "y"]))


def test_columns_follow_the_labels_asked_for():
    assert aligning.columns_of("the table", ("Mass", "Edema"), ["Edema", "Mass"]) == [1, 0]


def test_a_label_that_the_table_lacks_is_named():
    with pytest.raises(BadScores, match=r"which has Mass; it lacks Hernia\."):
        aligning.columns_of("the table", ("Mass",), ["Mass", "Hernia"])


def test_an_image_on_two_rows_is_refused():
    with pytest.raises(BadScores, match="1 ids have several, such as 'a'"):
        aligning.check_ids("The labels", np.array(["a", "b", "a"]), np.zeros((3, 1)), ["Mass"])


@pytest.mark.parametrize("shape", [(2, 2), (3, 1), (3,)])
def test_values_of_another_shape_are_refused(shape):
    with pytest.raises(BadScores, match="for 3 ids and 2 labels"):
        aligning.check_ids("The labels", IDS, np.zeros(shape), ["Mass", "Edema"])
