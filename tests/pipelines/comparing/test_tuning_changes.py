import pandas as pd
import pytest

from evaluation.auc import label_aucs, macro
from evaluation.bootstrap import ALONE
from pipelines.comparing import evaluated, tuning_changes
from tests.pipelines.comparing import test_tuned_run


@pytest.fixture(scope="module")
def tuned(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        yield test_tuned_run.tuned(patch, tmp_path_factory.mktemp("run"), tta=2)


@pytest.fixture(scope="module")
def changes(tuned):
    scores = [tuned.scores(each) for each in tuned.candidates]
    truth = tuned.truth(scores[0].ids)
    after = evaluated.of_run(tuned, truth, scores, ALONE)
    return truth, after, tuning_changes.of_run(tuned, tuned.before, truth, after, ALONE)


def test_figures_before_and_after_are_those_of_the_predictions(tuned, changes):
    truth, after, made = changes
    for each in tuned.candidates:
        if each.averaged:
            continue
        model = made.models[each.name]
        scores = tuned.before.scores(each).probabilities
        assert model.before == pytest.approx(float(macro(label_aucs(truth.labels, scores))))
        assert model.after == pytest.approx(after.models[each.name].macro_auc)
        assert model.gain == pytest.approx(model.after - model.before)
    assert "metadata alone" in made.models


def test_averages_are_compared_but_have_no_search_of_their_own(changes):
    assert "logistic+tta" not in changes[2].models
    assert "logistic+tta − logistic" in [each.name for each in changes[2].pairs]


def test_each_comparison_stands_before_and_after_tuning(tuned, changes):
    truth, after, made = changes
    assert [(each.model, each.baseline) for each in made.pairs] == tuned.pairs
    for pair, one in zip(made.pairs, after.comparisons, strict=True):
        assert pair.after == one.delta_macro_auc
        found = {
            each.name: float(
                macro(label_aucs(truth.labels, tuned.before.scores(each).probabilities))
            )
            for each in tuned.candidates
        }
        assert pair.before == pytest.approx(found[pair.model] - found[pair.baseline])
    assert [each.control for each in made.pairs] == [False, True, True]


def test_the_optimism_is_inner_less_outer_auc(tuned, changes):
    model = changes[2].models["logistic"]
    truth = tuned.stages[0].images
    fits = tuned.fits["logistic"][0]
    outer = float(macro(label_aucs(truth.labels[truth.rows(fits[0].ids)], fits[0].probabilities)))
    first = model.splits[0]
    assert first.outer_auc == pytest.approx(outer)
    assert first.optimism == pytest.approx(first.inner_auc - outer)
    assert first.inner_auc == max(first.trials)
    assert first.default_inner_auc == first.trials[0]


def test_every_trial_is_a_row_of_a_table(tuned, tmp_path):
    path = tuning_changes.write_trials(tuned.searches, tmp_path)
    table = pd.read_csv(path)
    assert len(table) == 2 * len(tuned.searches)
    first = table.iloc[0]
    assert (first["model"], first["split"], first["trial"]) == ("logistic", 1, 0)
    assert first["inner_auc"] == pytest.approx(
        tuned.searches["logistic"][0].trials[0].outcome.value
    )
    assert first["settings"] == "C=0.1+0.3+1+3+10"
