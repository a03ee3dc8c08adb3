import numpy as np
import pytest

from datasets.images import unknown_meta
from errors import InvalidOption
from evaluation.scores import Scores
from evaluation.truth import Truth
from pipelines.command_options import Compare
from pipelines.comparing import evaluated
from tests import fakes


def test_variables_of_one_group_or_of_none_are_left_out():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, (80, 1)).astype(np.float32)
    meta = unknown_meta(80)
    meta["sex"], meta["view"] = np.tile(["F", "M"], 40), "PA"
    images = fakes.images(labels, meta=meta)
    truth = Truth(images.ids, images.patients, images.labels, images.label_names)
    scores = Scores("one", images.ids, rng.random((80, 1)), images.label_names)
    variables = evaluated.by_groups(images, truth, [scores], Compare(replicates=39))["one"]
    assert list(variables) == ["sex"]
    assert set(variables["sex"].groups) == {"F", "M"}


def test_other_pairs_are_compared_only_if_asked_for_and_each_once():
    models = ["cnn", "dual_input", "xgboost", "logistic"]
    assert evaluated.other_pairs(models, "cnn", Compare()) == []
    assert evaluated.other_pairs(models, "dual_input", Compare(pairs="all")) == [
        ("xgboost", "cnn"),
        ("logistic", "cnn"),
        ("logistic", "xgboost"),
    ]


@pytest.mark.parametrize(
    ("option", "reason"),
    [({"margin": -1.0}, "--margin must be"), ({"pairs": ""}, "--pairs must be one of baseline")],
)
def test_a_test_that_makes_no_sense_is_refused(option, reason):
    with pytest.raises(InvalidOption, match=reason):
        evaluated.check(Compare(**option))
