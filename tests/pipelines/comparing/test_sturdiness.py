from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from datasets.images import Split
from evaluation.figures import evaluate
from features.extracted import Extracted
from pipelines.command_options import Compare
from pipelines.comparing import study_units, sturdiness
from pipelines.comparing.candidates import candidates_of, metadata_only
from pipelines.comparing.comparison_run import ComparisonRun
from pipelines.comparing.run_cache import Fit
from tests import fakes

RNG = np.random.default_rng(0)
LABELS = (RNG.random((120, 2)) < 0.5).astype(float)
OPTIONS = Compare(
    **{"classifiers": "logistic", "baseline": "logistic", "seeds": 2, "folds": 2},
    **{"robustness": True, "changes": "blur,noise", "severities": "1,5", "replicates": 60},
)
CONDITIONS = {"blur 1": 0.1, "blur 5": 0.6, "noise 1": 0.2, "noise 5": 0.9}


def seen(noise):
    return np.clip(0.3 + 0.4 * LABELS + noise * RNG.normal(size=LABELS.shape), 0, 1)


def fits(rows, images):
    """Two seeds of one fold."""
    return [
        Fit(
            *(images.ids[rows], seen(0.3)[rows], np.full(2, 0.5), 1.0, {}),
            changed={name: seen(0.3 + noise)[rows] for name, noise in CONDITIONS.items()},
        )
        for _ in range(2)
    ]


@pytest.fixture
def run():
    sets = np.array(["train", "test"] * 60, object)
    pairs = np.arange(120).astype(str).astype(object)
    pairs[1::2] = pairs[::2]
    images = fakes.images(LABELS, pairs.tolist(), split=Split("mine", sets), studies=pairs)
    (logistic,) = candidates_of(OPTIONS)
    candidates = [logistic, logistic._replace(name="hybrid")]
    candidates.append(logistic._replace(name="a control", control=True))
    every = [*candidates, metadata_only()]
    halves = np.array_split(np.random.default_rng(1).permutation(120), 2)
    made = {each.name: [fits(rows, images) for rows in halves] for each in every}
    stages = [Extracted(images, {}, None, 0.0)] * 2
    return ComparisonRun(candidates, metadata_only(), made, stages, OPTIONS)


@pytest.fixture
def truth(run):
    return run.truth(run.scores(run.candidates[0]).ids)


def auc(run, truth, model, condition):
    """By hand: the mean over labels of the AUC of probabilities averaged over seeds."""
    folds = [np.mean([one.changed[condition] for one in seeds], 0) for seeds in run.fits[model]]
    values = np.concatenate(folds)
    return np.mean([roc_auc_score(truth.labels[:, k], values[:, k]) for k in range(2)])


def test_losses_are_those_of_the_probabilities_of_all_folds_averaged_over_seeds(run, truth):
    found = sturdiness.of_run(run, truth)
    for model in ("logistic", "hybrid"):
        plain = found.unchanged[model].figures.macro_auc.value
        aucs = {name: auc(run, truth, model, name) for name in CONDITIONS}
        mild = found.changed["blur"]["1"][model].figures
        assert mild.macro_auc.value == pytest.approx(aucs["blur 1"])
        assert mild.loss.value == pytest.approx(plain - aucs["blur 1"])
        loss = plain - (aucs["blur 1"] + aucs["blur 5"]) / 2
        assert found.summary[model]["blur"].losses[model].value == pytest.approx(loss)
    own = found.summary["hybrid"]
    gains = [
        auc(run, truth, "hybrid", name) - auc(run, truth, "logistic", name) for name in CONDITIONS
    ]
    assert own["all changes"].gain.value == pytest.approx(np.mean(gains))
    assert own["noise"].difference.p <= own["noise"].difference.p_holm


def test_unchanged_images_have_exactly_the_figures_of_the_report(run, truth):
    found = sturdiness.of_run(run, truth)
    scores = [run.scores(each) for each in run.candidates]
    pairs = [("hybrid", "logistic")]
    expected = evaluate(truth, scores, pairs, n_replicates=60)
    for name in ("logistic", "hybrid"):
        own = found.unchanged[name].figures.macro_auc
        assert own.value == expected["models"][name]["macro_auc"]
        assert own.ci == expected["models"][name]["macro_auc_ci"]


def test_a_change_that_changes_nothing_costs_nothing_and_keeps_the_gain(run, truth):
    same = {
        name: [
            [replace(one, changed=dict.fromkeys(CONDITIONS, one.probabilities)) for one in seeds]
            for seeds in by_split
        ]
        for name, by_split in run.fits.items()
    }
    cost = sturdiness.of_run(replace(run, fits=same), truth).summary["hybrid"]["blur"]
    scores = [run.scores(each) for each in run.candidates]
    (pair,) = evaluate(truth, scores, [("hybrid", "logistic")], n_replicates=60)["comparisons"]
    assert cost.losses["hybrid"].value == 0
    assert cost.gain.value == pair["delta_macro_auc"]
    assert cost.gain.ci == pytest.approx(pair["ci"], abs=1e-12)


def test_identical_models_do_not_differ(run, truth):
    twins = run.fits | {"hybrid": run.fits["logistic"]}
    cost = sturdiness.of_run(replace(run, fits=twins), truth).summary["hybrid"]["noise"]
    assert (cost.difference.value, cost.difference.p_holm) == (0, None)
    assert cost.difference.ci_missing.startswith("resampling patients does not change the value")
    assert cost.corruption_error.value == 1


def test_controls_and_averages_are_left_out_by_name(run, truth):
    found = sturdiness.of_run(run, truth)
    assert found.models == ["logistic", "hybrid"]
    assert found.left_out == ["a control"]


def test_studies_have_probabilities_of_their_changed_images(run):
    by_study = study_units.of_run(run, "study")
    fit, pooled = run.fits["logistic"][0][0], by_study.fits["logistic"][0][0]
    studies = run.images.studies[run.images.rows(fit.ids)].tolist()
    rows = [place for place, each in enumerate(studies) if each == studies[0]]
    expected = fit.changed["noise 5"][rows].mean(axis=0)
    np.testing.assert_allclose(pooled.changed["noise 5"][0], expected)


def test_without_robustness_there_are_no_figures(run, truth):
    assert sturdiness.of_run(replace(run, options=Compare()), truth) is None
