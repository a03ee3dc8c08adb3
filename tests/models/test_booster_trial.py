import json

import numpy as np
import pytest
import xgboost

from errors import BundleUnusable, WorkEnded
from models import booster_trial
from tests import forgeries

pytestmark = pytest.mark.slow

GOOD = (forgeries.FIXTURES / "xgboost" / forgeries.BOOSTER).read_bytes()


def with_tree(**changes):
    """A booster whose first tree has other values in some of its arrays."""
    contents = json.loads(xgboost.Booster(model_file=bytearray(GOOD)).save_raw("json"))
    (first, *_) = contents["learner"]["gradient_booster"]["model"]["trees"]
    return first | {name: np.array(values).tolist() for name, values in changes.items()}


def width():
    return xgboost.Booster(model_file=bytearray(GOOD)).num_features()


def test_good_boosters_pass():
    assert booster_trial.try_boosters([GOOD, GOOD]) is None


@pytest.mark.parametrize("data", [b"", b"{", GOOD[: len(GOOD) // 2]], ids=["empty", "one", "half"])
def test_bytes_that_are_no_booster_are_refused_in_a_sentence(data):
    with pytest.raises(BundleUnusable, match="must be as XGBoost wrote them"):
        booster_trial.try_boosters([GOOD, data])


def test_the_trees_of_a_good_booster_are_sound():
    assert booster_trial.check_tree(with_tree(), width()) is None


def test_a_tree_that_leads_in_circles_is_refused():
    left = with_tree()["left_children"]
    with pytest.raises(WorkEnded, match="lead nowhere"):
        booster_trial.check_tree(with_tree(left_children=[0, *left[1:]]), width())


def test_a_branch_beyond_the_tree_is_refused():
    left = with_tree()["left_children"]
    with pytest.raises(WorkEnded, match="lead nowhere"):
        booster_trial.check_tree(with_tree(left_children=[10_000, *left[1:]]), width())


def test_a_column_that_is_not_there_is_refused():
    columns = with_tree()["split_indices"]
    with pytest.raises(WorkEnded, match="a column that is not there"):
        booster_trial.check_tree(with_tree(split_indices=[width(), *columns[1:]]), width())


def test_a_tree_without_nodes_is_refused():
    empty = {name: [] for name in ("left_children", "right_children", "split_indices")}
    with pytest.raises(WorkEnded, match="lead nowhere"):
        booster_trial.check_tree(empty, width())
