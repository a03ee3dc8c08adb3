from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from datasets.images import Caution, Split
from evaluation.bootstrap import ALONE
from features.extracted import Extracted
from pipelines.command_options import Compare
from pipelines.comparing import external_evaluation, site_predictions
from pipelines.comparing.candidates import candidates_of, metadata_only
from pipelines.comparing.comparison_run import ComparisonRun
from pipelines.comparing.external_sets import Mapped, Site
from pipelines.comparing.run_cache import Fit
from tests import fakes

OPTIONS = Compare(
    classifiers="logistic,xgboost", baseline="logistic", replicates=60, recalibrate=30
)
COUNT = 90
PARTS = np.array(["train", "test", "test"] * 30, object)


def of(seed, names, **changes):
    labels = (np.random.default_rng(seed).random((COUNT, len(names))) < 0.4).astype(float)
    return fakes.images(labels, label_names=names, **changes)


INSIDE = of(0, ("Edema", "Mass", "Hernia"), split=Split("mine", PARTS))
OUTSIDE = of(1, ("Mass", "Edema"), source="other", notes=("plain", Caution("weak")))


def chances(labels, distance, seed):
    noise = np.random.default_rng(seed).normal(size=labels.shape)
    return 1 / (1 + np.exp(-(distance * labels + noise - 1)))


@pytest.fixture(scope="module")
def run():
    candidates = candidates_of(OPTIONS)
    fits = {}
    for number, each in enumerate((*candidates, metadata_only())):
        here = chances(INSIDE.labels[INSIDE.test], 2, number)
        there = np.full((COUNT, 3), 0.5)
        there[:, [1, 0]] = chances(OUTSIDE.labels, 1, 10 + number)
        thresholds = np.full(3, 0.5)
        ids = INSIDE.ids[INSIDE.test]
        fits[each.name] = [[Fit(ids, here, thresholds, 1.0, {}, elsewhere={"B": there})]]
    findings = {"Mass": Mapped(["mass"], "nearly"), "Edema": Mapped(["Edema"], "")}
    stages = [Extracted(INSIDE, {}, None, 0.0)]
    sites = [Site("B", OUTSIDE, findings)]
    return ComparisonRun(candidates, metadata_only(), fits, stages, OPTIONS, sites)


@pytest.fixture(scope="module")
def found(run):
    scores = [run.scores(each) for each in run.candidates]
    truth, predicted = run.truth(scores[0].ids), site_predictions.of_run(run)
    return external_evaluation.of_run(run, truth, scores, predicted, ALONE)


def test_figures_are_over_the_findings_shared(found, run):
    site = found["B"]
    assert site.labels == site.labels_compared == ["Mass", "Edema"]
    there = run.fits["logistic"][0][0].elsewhere["B"]
    auc = roc_auc_score(OUTSIDE.labels[:, 0], there[:, 1])
    assert site.evaluated.models["logistic"].labels["Mass"].auc == pytest.approx(auc)
    assert site.drop["logistic"].labels["Mass"].outside == pytest.approx(auc)


def test_facts_of_the_data_set_are_there(found):
    site = found["B"]
    assert (site.source, site.images, site.patients, site.trainings) == ("other", 90, 90, 1)
    assert site.findings["Mass"].made_of == ["mass"]
    assert site.notes == ["plain", "weak"]


def test_a_gain_outside_is_that_of_the_comparison_there(found):
    site = found["B"]
    gains = {(each.model, each.baseline): each.outside for each in site.gain_difference}
    for each in site.evaluated.comparisons:
        gain = gains[each.model, each.baseline]
        assert (gain.delta_macro_auc, gain.ci) == (each.delta_macro_auc, each.macro_ci)
        assert gain.answer == each.answer


def test_calibration_is_that_of_both_hospitals_and_of_recalibrations_without_controls(found):
    calibration = found["B"].calibration
    assert [*calibration] == ["logistic", "xgboost"]
    states = ["inside", "outside", "intercept", "intercept_and_slope"]
    assert [*calibration["logistic"]] == states
    assert found["B"].recalibrated_on == 30


def test_a_recalibrated_intercept_is_nearer_to_zero(found):
    states = found["B"].calibration["logistic"]
    large = {name: abs(each.calibration_in_the_large.value) for name, each in states.items()}
    assert large["intercept"] < large["outside"]
    assert states["intercept"].slope.value == pytest.approx(states["outside"].slope.value, rel=0.3)


def test_without_recalibration_two_states_remain(run):
    plain = replace(run, options=replace(OPTIONS, recalibrate=0))
    scores = [plain.scores(each) for each in plain.candidates]
    predicted = site_predictions.of_run(plain)
    made = external_evaluation.of_run(plain, plain.truth(scores[0].ids), scores, predicted, ALONE)[
        "B"
    ]
    assert [*made.calibration["logistic"]] == ["inside", "outside"]
    assert made.recalibrated_on is None


def test_the_metadata_only_baseline_is_evaluated_outside_too(found):
    assert found["B"].evaluated.reference_baselines.metadata.macro_auc is not None


def test_cautions_name_the_data_set_and_findings_of_few_images(found, run):
    few = {"B": replace(found["B"], rare={"Mass": 3})}
    assert external_evaluation.cautions(few, run.sites) == [
        "B: weak",
        "B has fewer than 10 images with Mass (3)",
    ]
