import pytest

from reports.json_trees import as_json, from_json
from reports.tuning_figures import SplitSearch, TunedModel, TunedPair, Tuning

FIRST = SplitSearch({"hidden": 64}, 0.8, 0.78, [0.78, 0.8], 1, 0.74, 0.75)
SECOND = SplitSearch({}, 0.7, 0.7, [0.7, 0.6], 0, 0.68, 0.68)


def model(*splits, control=False):
    return TunedModel([*splits], control, 0.7, [0.65, 0.75], 0.71, None, 0.01, [-0.01, 0.03])


def pair(before="raises", after="raises", name="dual_input", control=False):
    gains = 0.03, [0.01, 0.05], before, 0.02, [-0.01, 0.04], after
    return TunedPair(name, "cnn", control, *gains)


def tuning(**changes):
    models = {"cnn": model(FIRST, SECOND), "dual_input": model(SECOND), "mine": model()}
    return Tuning(
        **{"trials": 3, "inner_folds": 0, "models": models, "comparisons": [pair()]} | changes
    )


def test_figures_over_splits_are_means():
    made = tuning().models["cnn"]
    assert made.inner_auc == pytest.approx(0.75)
    assert made.outer_auc == pytest.approx(0.71)
    assert made.optimism == pytest.approx(0.04)


def test_a_model_without_a_search_has_none_of_them():
    assert tuning().models["mine"].optimism is None
    assert tuning().untuned == ["mine"]


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ("raises", "raises", "the gain survives equal tuning"),
        ("raises", "inconclusive", "the gain is no longer clear after equal tuning"),
        ("equivalent", "raises", "there is a clear gain after equal tuning only"),
        ("lowers", "inconclusive", "there is no clear gain before or after equal tuning"),
    ],
)
def test_the_verdict_compares_both_answers(before, after, verdict):
    assert pair(before, after).verdict == verdict


def test_the_figures_survive_a_report():
    assert from_json(Tuning, as_json(tuning())) == tuning()
