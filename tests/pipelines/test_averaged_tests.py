from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from datasets.images import Split
from evaluation.conformal import Bounds
from models.bundle import Bundle, Findings
from models.test_time_augmentation import averaged
from models.views import Block, Views
from pipelines import averaged_tests
from pipelines.command_options import Train
from tests import fakes

LABELS = np.array([[1, 0], [0, 1], [1, 1], [0, 0]], float)
IMAGES = fakes.images(LABELS, split=Split("mine", np.array(["train", "test"] * 2, object)))


class Made:
    """A bundle that finds what the features are, with thresholds of its own."""

    name, chooses_class = "logistic", False
    thresholds = np.array([0.5, 0.25])

    def findings(self, views):
        return Findings(*[views.arrays["any"]] * 2, None)

    def averaged(self, versions):
        if len(versions) == 1:
            return versions[0], None
        calibrated, spread = averaged([each.calibrated for each in versions])
        return Findings(None, calibrated, None), spread


BUNDLE = Bundle(
    name="logistic",
    classifier=SimpleNamespace(predict_proba=lambda views: views.arrays["any"]),
    labels=("label0",),
    views={},
    calibration=lambda raw: raw,
    thresholds=np.array([0.5]),
    data="",
    split="",
)


def views(value, count=2):
    return Views({"any": Block(np.full((count, 2), value), "deep")})


@pytest.fixture
def tested():
    return averaged_tests.tested(Made(), views(0.5, 4), [views(0.25), views(0.75)], IMAGES, "image")


def test_plain_and_averaged_probabilities_are_both_evaluated(tested):
    plain, mean = tested.scores
    assert (plain.model, mean.model) == ("logistic", "logistic+tta")
    assert tested.pairs == [("logistic+tta", "logistic")]
    assert set(tested.thresholds(Made())) == {"logistic", "logistic+tta"}
    np.testing.assert_allclose(mean.probabilities, 0.5)


def test_the_spread_stands_beside_each_probability(tested, tmp_path):
    values = averaged_tests.write_spread(tested, IMAGES, Train(out=tmp_path, tta=2))
    table = pd.read_csv(tmp_path / "spread.csv")
    assert list(table) == ["id", "label0", "label0 spread", "label1", "label1 spread"]
    assert (table["label1"] == 0.5).all()
    assert (table["label1 spread"] == 0.25).all()
    assert values["spread"]["labels"] == {"label0": 0.25, "label1": 0.25}


def test_the_lines_say_what_averaging_changes(tested, tmp_path):
    values = averaged_tests.write_spread(tested, IMAGES, Train(out=tmp_path, tta=2))
    figures = SimpleNamespace(macro_auc=0.75, macro_auc_ci=[0.5, 1.0], abstention=None)
    gain = SimpleNamespace(delta_macro_auc=0.01, macro_ci=[-0.01, 0.03])
    evaluated = SimpleNamespace(
        models={"logistic": None, "logistic+tta": figures}, comparisons=[gain]
    )
    averages, spread = averaged_tests.lines(values, evaluated)
    assert averages == (
        "logistic+tta, averaged over each test image and 2 augmented versions: macro AUC"
        " 0.750 [0.500, 1.000], a difference of 0.010 [−0.010, 0.030]"
    )
    assert "mean spread of the probabilities over versions 0.250, highest for label0" in spread


def study(rng):
    """The shares of 300 new images with a finding that are wrongly called absent: by the bounds of
    a bundle that averages, and by its bounds of images as they are. Versions score lower.
    """
    sets = np.repeat(["validation", "test"], [100, 300]).astype(object)
    labels = (rng.random((400, 1)) < 0.5).astype(float)
    images = fakes.images(labels, split=Split("mine", sets))
    scores = [labels + rng.normal(size=labels.shape) - lower for lower in (0, 2, 2)]
    plain, *others = (Views({"any": Block(1 / (1 + np.exp(-each)), "deep")}) for each in scores)
    held, tests = ([each.select(rows) for each in others] for rows in (~images.test, images.test))
    made = averaged_tests.with_bounds(BUNDLE, plain, held, images, Train(tta=2))
    found = averaged_tests.tested(made, plain, tests, images, "image")
    seen = plain.select(images.validation).arrays["any"]
    bounds = Bounds.of(labels[images.validation], seen, images.patients[images.validation])
    sick = labels[images.test, 0] == 1
    return [
        np.mean(each.answers(found.averaged, 0.1)[sick] == 0)
        for each in (made.averaged_bounds.bounds, bounds)
    ]


def test_averages_keep_a_level_by_their_own_bounds_and_not_by_those_of_images():
    rng = np.random.default_rng(0)
    own, other = np.mean([study(rng) for _ in range(100)], axis=0)
    # About 50 calibration patients: 5 of 51, and the standard error is 0.005.
    assert own == pytest.approx(5 / 51, abs=0.015)
    assert other > 0.15


def test_without_versions_nothing_is_added(tmp_path):
    plain = averaged_tests.tested(Made(), views(0.5, 4), [], IMAGES, "image")
    assert [one.model for one in plain.scores] == ["logistic"]
    assert plain.pairs == []
    assert averaged_tests.write_spread(plain, IMAGES, Train(out=tmp_path)) == {}
    assert averaged_tests.lines({}, None) == []
