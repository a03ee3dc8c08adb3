import numpy as np

from evaluation.conformal import Bounds
from evaluation.conformal_coverage import coverage, curve
from reports.abstention_figures import Abstention
from reports.json_trees import from_json

RNG = np.random.default_rng(0)
LABELS = (RNG.random((120, 2)) < 0.5).astype(float)
LABELS[:, 1] = np.arange(120) < 3
PROBABILITIES = np.clip(LABELS * 0.4 + RNG.random((120, 2)) * 0.6, 0, 1)
OWNERS = np.arange(120)


def made(level=0.1):
    """Figures of a common label and one of three patients."""
    bounds = Bounds.of(LABELS, PROBABILITIES, OWNERS)

    def answered(level):
        return [bounds.answers(PROBABILITIES, level)]

    figures = coverage(LABELS, OWNERS, answered(level), bounds.patients, ["Mass", "Hernia"], level)
    return from_json(Abstention, figures | {"curve": curve(LABELS, answered)})


def test_figures_come_back_from_json():
    assert from_json(Abstention, made().as_json()) == made()


def test_answers_at_the_level_are_those_of_the_curve():
    found = made()
    place = found.curve.levels.index(0.1)
    assert (found.answered, found.wrong) == (found.curve.answered[place], found.curve.wrong[place])


def test_labels_of_few_patients_have_no_guarantee():
    assert made().without_guarantee == ["Hernia"]
