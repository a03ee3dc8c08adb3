from dataclasses import fields, replace
from types import SimpleNamespace

import numpy as np
import pytest

from datasets.images import Split
from evaluation.conformal import Bounds
from features.extracted import Extracted
from models.bundled_bounds import AveragedBounds
from pipelines.command_options import Compare
from pipelines.comparing import abstaining
from pipelines.comparing.candidates import candidates_of, metadata_only
from pipelines.comparing.comparison_run import ComparisonRun
from pipelines.comparing.external_sets import Site
from pipelines.comparing.run_cache import Fit
from reports.external_figures import External
from tests import fakes
from tests.reports import comparisons

RNG = np.random.default_rng(0)
LABELS = (RNG.random((120, 2)) < 0.5).astype(float)
PROBABILITIES = np.clip(LABELS * 0.4 + RNG.random((120, 2)) * 0.6, 0, 1)
BOUNDS = Bounds.of(LABELS, PROBABILITIES, np.arange(120))
FIELDS = [item.name for item in fields(External) if item.name != "evaluated"]
OPTIONS = Compare(classifiers="logistic", baseline="logistic", folds=2, seeds=2)


def run(*bounds):
    """Two folds of sixty images; two seeds, the second of which is called wrong throughout."""
    images = fakes.images(LABELS, split=Split("mine", np.array(["train", "test"] * 60, object)))
    fits = []
    for fold, own in enumerate(bounds):
        rows = slice(60 * fold, 60 * fold + 60)
        seeds = (PROBABILITIES[rows], 1 - PROBABILITIES[rows])
        fits.append([Fit(images.ids[rows], each, None, 1.0, {}, bounds=own) for each in seeds])
    candidates = candidates_of(OPTIONS)
    every = {each.name: fits for each in (*candidates, metadata_only())}
    stages = [Extracted(images, {}, None, 0.0)] * 2
    return ComparisonRun(candidates, metadata_only(), every, stages, OPTIONS)


def test_coverage_is_over_all_folds_and_the_mean_over_seeds():
    (found,) = abstaining.of_run(run(BOUNDS, BOUNDS)).values()
    seeds = [BOUNDS.answers(each, 0.1) for each in (PROBABILITIES, 1 - PROBABILITIES)]
    sick = LABELS[:, 0] == 1
    expected = np.mean([(each[sick, 0] != 0).mean() for each in seeds])
    assert found.labels["label0"].with_finding.coverage == pytest.approx(expected)
    assert found.labels["label0"].with_finding.patients == sick.sum()


def test_the_fold_with_the_fewest_patients_limits_what_is_guaranteed():
    few = replace(BOUNDS, patients=np.array([[50, 50], [50, 8]]))
    (found,) = abstaining.of_run(run(BOUNDS, few)).values()
    assert found.without_guarantee == ["label1"]


def test_trainings_of_an_earlier_version_are_left_out():
    assert abstaining.of_run(run(BOUNDS, None)) == {}


def test_a_report_warns_of_models_whose_answers_miss_their_level():
    (found,) = abstaining.of_run(run(BOUNDS, BOUNDS)).values()
    report = comparisons.evaluation(("sharp", "vague"))[0]
    report = abstaining.within(report, {"sharp": found})
    assert report.models["sharp"].abstention == found
    shifted, old = report.cautions[-2:]
    assert shifted.startswith("at level 0.1, answers are wrong for more than 10 %")
    assert shifted.count("(sharp)") == 3
    assert old.startswith("no figures on abstaining for vague")


def test_external_images_are_answered_by_every_training():
    """One external finding, whose images all trainings answer at once."""
    own = run(BOUNDS, BOUNDS)
    here = fakes.images(LABELS[:40, 1:], label_names=("label1",))
    for fits in own.fits.values():
        for split in fits:
            split[:] = [replace(fit, elsewhere={"rome": PROBABILITIES[:40]}) for fit in split]
    (found,) = abstaining.elsewhere(replace(own, sites=[Site("rome", here, {})]))["rome"].values()
    answers = BOUNDS.answers(PROBABILITIES[:40], 0.1)[:, 1]
    sick = LABELS[:40, 1] == 1
    assert found.labels.keys() == {"label1"}
    assert found.labels["label1"].with_finding.coverage == pytest.approx(
        (answers[sick] != 0).mean()
    )


def test_a_report_warns_of_external_images_that_differ():
    (found,) = abstaining.of_run(run(BOUNDS, BOUNDS)).values()
    report = comparisons.evaluation(("sharp", "vague"))[0]
    external = {"rome": External(**dict.fromkeys(FIELDS), evaluated=report.evaluated)}
    report = abstaining.within(replace(report, external=external), {}, {"rome": {"sharp": found}})
    assert report.external["rome"].evaluated.models["sharp"].abstention == found
    assert any(each.startswith("rome: at level 0.1, answers are wrong") for each in report.cautions)
    assert report.models["sharp"].abstention is None


def test_a_bundle_has_figures_as_far_as_it_has_bounds():
    images = fakes.images(LABELS, split=Split("mine", np.array(["test"] * 120, object)))
    made = SimpleNamespace(name="cnn", bounds=None, averaged_bounds=None)
    given = images, PROBABILITIES, 1 - PROBABILITIES
    assert abstaining.of_bundle(made, *given) == {}
    made.bounds, made.averaged_bounds = BOUNDS, AveragedBounds(2, BOUNDS)
    found = abstaining.of_bundle(made, *given)
    sides = [each["abstention"]["labels"]["label0"]["with_finding"] for each in found.values()]
    assert [*found] == ["cnn", "cnn+tta"]
    assert sides[0]["coverage"] > sides[1]["coverage"]
