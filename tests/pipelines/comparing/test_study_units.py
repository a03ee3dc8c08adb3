from dataclasses import dataclass, replace

import numpy as np
import pytest

from datasets.images import Images, Split
from evaluation.scores import Scores
from pipelines.command_options import Compare
from pipelines.comparing import study_units
from pipelines.comparing.candidates import candidates_of, metadata_only
from pipelines.comparing.comparison_run import ComparisonRun
from pipelines.comparing.external_sets import Site
from pipelines.comparing.run_cache import Fit
from tests import fakes

OPTIONS = Compare(classifiers="logistic", baseline="logistic", folds=2)
LABELS = np.array([[1], [1], [0], [1], [0], [0]], float)
# Film 5 is in a study of its own.
STUDIES = np.array(["s1", "s1", "s2", "s3", "s2", ""], object)
PATIENTS = ["p1", "p1", "p2", "p3", "p2", "p4"]


@dataclass(frozen=True)
class Stage:
    images: Images


@pytest.fixture
def images():
    return fakes.images(LABELS, PATIENTS, studies=STUDIES)


@pytest.fixture
def run(images):
    """Two folds: films 0, 1 and 3, then films 2, 4 and 5, each film with its own probability."""

    def fit(rows):
        values = np.array(rows)[:, None] / 10
        return Fit(images.ids[rows], values, np.array([0.5]), 1.0, {})

    halves = [0, 1, 3], [2, 4, 5]
    stages = []
    for rows in halves:
        sets = np.where(np.isin(np.arange(6), rows), "test", "train").astype(object)
        stages.append(Stage(replace(images, split=Split("mine", sets))))
    fits = {"logistic": [[fit(rows)] for rows in halves]}
    return ComparisonRun(candidates_of(OPTIONS), metadata_only(), fits, stages, OPTIONS)


def test_every_fold_is_pooled_by_study(run):
    by_study = study_units.of_run(run, "study")
    scores = by_study.scores(run.candidates[0])
    assert scores.ids.tolist() == ["s1", "s3", "s2", "film5"]
    np.testing.assert_allclose(scores.probabilities[:, 0], [0.05, 0.3, 0.3, 0.5])


def test_the_highest_is_taken_if_asked_for(run):
    scores = study_units.of_run(run, "study:max").scores(run.candidates[0])
    np.testing.assert_allclose(scores.probabilities[:, 0], [0.1, 0.3, 0.4, 0.5])


def test_the_spread_of_a_study_is_the_mean_of_its_images(run):
    fits = {
        name: [[replace(one, spread=one.probabilities / 2) for one in seeds] for seeds in by_split]
        for name, by_split in run.fits.items()
    }
    by_study = study_units.of_run(replace(run, fits=fits), "study:max").fits["logistic"]
    np.testing.assert_allclose(by_study[0][0].spread[:, 0], [0.025, 0.15])


def test_truth_thresholds_and_folds_have_a_row_for_each_study(run):
    by_study = study_units.of_run(run, "study")
    truth = by_study.truth(by_study.scores(run.candidates[0]).ids)
    assert truth.labels[:, 0].tolist() == [1, 1, 0, 0]
    assert truth.patients.tolist() == ["p1", "p3", "p2", "p4"]
    assert by_study.thresholds()["logistic"].shape == (4, 1)
    assert by_study.folds().tolist() == [1, 1, 2, 2]


def test_counts_of_the_split_are_those_of_studies(run):
    by_study = study_units.of_run(run, "study")
    truth = by_study.truth(by_study.scores(run.candidates[0]).ids)
    assert by_study.split(truth).images == {"test": 4}
    assert by_study.data(truth).unit == "study"


def test_images_stay_as_they_are(run, images):
    assert study_units.of_run(run, "image") is run
    scores = [Scores("one", images.ids, np.full((6, 1), 0.5), images.label_names)]
    assert study_units.of_scores(images, scores, "image") == (images, scores)


def test_a_study_is_pooled_over_its_scored_images_alone(images):
    scores = [Scores("one", images.ids[1:4], np.array([[0.1], [0.2], [0.3]]), images.label_names)]
    made, (pooled,) = study_units.of_scores(images, scores, "study")
    assert made.ids.tolist() == pooled.ids.tolist() == ["s1", "s2", "s3"]
    np.testing.assert_allclose(pooled.probabilities[:, 0], [0.1, 0.2, 0.3])


def test_test_images_are_evaluated_by_study_with_a_note(images):
    sets = np.array(["test"] * 5 + ["train"], object)
    split = replace(images, split=Split("mine", sets))
    values = np.arange(5)[:, None] / 10
    notes, truth, (scores,) = study_units.of_test(split, "one", values, "study")
    assert notes[0].startswith("unit: study. 5 images are 3 studies")
    assert truth.ids.tolist() == scores.ids.tolist() == ["s1", "s2", "s3"]
    np.testing.assert_allclose(scores.probabilities[:, 0], [0.05, 0.3, 0.3])


def test_external_images_are_pooled_by_study_too(run, images):
    values = np.arange(6)[:, None] / 10
    fits = {
        name: [[replace(fit, elsewhere={"B": values}) for fit in seeds] for seeds in by_split]
        for name, by_split in run.fits.items()
    }
    by_study = study_units.of_run(replace(run, fits=fits, sites=[Site("B", images, {})]), "study")
    (site,), (fit,) = by_study.sites, by_study.fits["logistic"][0]
    assert site.images.ids.tolist() == ["s1", "s2", "s3", "film5"]
    np.testing.assert_allclose(fit.elsewhere["B"][:, 0], [0.05, 0.3, 0.3, 0.5])
