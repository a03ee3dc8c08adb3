import numpy as np
import pandas as pd
import pytest
from dcurves import dca

from evaluation import net_benefit
from evaluation.figures import evaluate
from evaluation.scores import Scores
from evaluation.truth import Truth

RNG = np.random.default_rng(sum(map(ord, "net benefit")))
LABELS = (RNG.random((120, 2)) < (0.1, 0.4)).astype(float)
# Scores on the grid itself show whether a threshold that is reached counts.
SCORES = np.round(0.5 * RNG.random(LABELS.shape) + LABELS / 4, 2)
OWNERS = np.arange(120) // 2


def curves(labels, scores, weights):
    return net_benefit.net_benefit(net_benefit.cells(labels, scores, OWNERS).under(weights))


def by_dcurves(labels, scores):
    """Net benefit of the model and of calling all positive at each threshold."""
    frame = pd.DataFrame({"ill": labels.astype(int), "model": scores})
    table = dca(frame, "ill", ["model"], thresholds=net_benefit.GRID.tolist())
    return [table[table["model"] == name]["net_benefit"].to_numpy() for name in ("model", "all")]


@pytest.mark.parametrize("label", [0, 1])
def test_curves_are_those_of_dcurves(label):
    found = curves(LABELS, SCORES, np.ones((60, 1), int))[0, label]
    model, everyone = by_dcurves(LABELS[:, label], SCORES[:, label])
    np.testing.assert_allclose(found, model, atol=1e-10)
    np.testing.assert_allclose(net_benefit.treat_all(LABELS)[label], everyone, atol=1e-10)


def test_each_replicate_is_that_of_its_images():
    weights = RNG.integers(0, 3, (60, 3))
    found = curves(LABELS, SCORES, weights)
    for values, column in zip(found, weights.T, strict=True):
        rows = np.repeat(np.arange(120), column[OWNERS])
        model, _ = by_dcurves(LABELS[rows, 1], SCORES[rows, 1])
        np.testing.assert_allclose(values[1], model, atol=1e-10)


def test_images_that_do_not_report_a_label_do_not_count():
    missing = np.where(RNG.random(LABELS.shape) < 0.2, np.nan, LABELS)
    known = ~np.isnan(missing[:, 0])
    model, everyone = by_dcurves(missing[known, 0], SCORES[known, 0])
    found = curves(missing, SCORES, np.ones((60, 1), int))[0, 0]
    np.testing.assert_allclose(found, model, atol=1e-10)
    np.testing.assert_allclose(net_benefit.treat_all(missing)[0], everyone, atol=1e-10)


@pytest.fixture(scope="module")
def figures():
    ids = np.array([f"image{number}" for number in range(120)], object)
    truth = Truth(ids, OWNERS, LABELS, ("Mass", "Edema"))
    models = [Scores(name, ids, SCORES[:, turn], truth.label_names) for name, turn in TURNS.items()]
    return evaluate(truth, models, [("good", "bad")], n_replicates=60)


TURNS = {"good": [0, 1], "bad": [1, 0]}


def test_a_report_has_curves_with_intervals(figures):
    found = figures["models"]["good"]["net_benefit"]
    edema = found["labels"]["Edema"]
    assert found["thresholds"] == net_benefit.GRID.tolist()
    assert all(
        low <= value <= high
        for value, (low, high) in zip(edema["net_benefit"], edema["ci"], strict=True)
    )


def test_a_report_has_paired_differences(figures):
    (pair,) = figures["comparisons"]
    ours, theirs = (
        figures["models"][name]["net_benefit"]["labels"]["Edema"]["net_benefit"]
        for name in ("good", "bad")
    )
    found = pair["net_benefit"]["labels"]["Edema"]
    np.testing.assert_allclose(found["delta"], np.subtract(ours, theirs))
    assert all(0 < p <= 1 for p in found["p"])
