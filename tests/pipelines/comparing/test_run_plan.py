from dataclasses import replace

import pytest

from pipelines.augmented_tests import Augmented
from pipelines.command_options import Compare
from pipelines.comparing import run_plan
from pipelines.comparing.candidates import candidates_of, metadata_only

OPTIONS = Compare(
    classifiers="logistic,xgboost,late_fusion",
    baseline="logistic",
    folds=4,
    seeds=2,
    set="late_fusion.members=logistic,logistic:words",
)
EVERYONE = [*candidates_of(OPTIONS), metadata_only()]
SPLITS = ["0-a", "1-b", "2-c", "3-d"]
# A hybrid's controls take as long as itself, and the last is the metadata-only baseline.
SECONDS = [10, *[40] * 3, *[30] * 3, 0]


@pytest.fixture
def plan(tmp_path):
    seconds = dict(zip([each.key for each in EVERYONE], SECONDS, strict=True))
    return replace(run_plan.planned(EVERYONE, SPLITS, tmp_path, OPTIONS), seconds=seconds)


def test_every_candidate_is_trained_on_every_split_with_every_seed(plan):
    assert len(plan.trainings) == len(plan.to_do) == 8 * 4 * 2
    found = [(each.split, each.candidate.name, each.seed) for each in plan.trainings[:3]]
    assert found == [(0, "logistic", 0), (0, "logistic", 1), (0, "xgboost", 0)]
    assert plan.trainings[-1].path.name == "3-d-1-metadata_alone.npz"


def test_trainings_that_are_kept_are_not_to_do(plan):
    plan.trainings[0].path.touch()
    assert plan.to_do == list(plan.trainings[1:])
    assert plan.estimate == sum(SECONDS) * 8 - 10


def test_the_announcement_counts_trainings_by_what_they_are_of():
    assert run_plan.announced(candidates_of(OPTIONS), 4, OPTIONS) == (
        "plan: 4 splits × 8 models (3 classifiers, 4 controls and the metadata-only baseline) ×"
        " 2 seeds: 64 trainings"
    )
    alone = Compare(classifiers="logistic", baseline="logistic")
    assert run_plan.announced(candidates_of(alone), 1, alone) == (
        "plan: 1 split × 2 models (1 classifier and the metadata-only baseline) × 1 seed:"
        " 2 trainings"
    )


def test_averages_over_augmented_images_are_no_trainings_of_their_own(tmp_path):
    options = replace(OPTIONS, classifiers="logistic", tta=4)
    everyone = [*candidates_of(options), metadata_only()]
    plan = run_plan.planned(everyone, SPLITS, tmp_path, options)
    assert "× 2 models (1 classifier and" in run_plan.announced(everyone[:-1], 4, options)
    assert len(plan.all) == 2 * 4 * 2
    first, _, averaged = plan.trainings[:3]
    assert plan.beside(first) == averaged.path
    assert plan.beside(plan.trainings[-1]) is None


def test_averages_of_tuned_models_have_no_trials_and_no_trainings(tmp_path):
    options = replace(OPTIONS, classifiers="logistic", tta=4, tune=5)
    everyone = [*candidates_of(options), metadata_only()]
    plan = run_plan.planned(everyone, SPLITS, tmp_path, options)
    assert len(plan.all_tuning) == len(plan.to_tune) == 2 * 4 * (5 + 2)
    said = run_plan.announced(everyone[:-1], 4, options)
    assert said.endswith("40 trials, and 16 trainings with the chosen settings")
    training, averages = plan.tuning[5], plan.tuning[7]
    assert averages.path.name == "0-a-0-logistic_tta_tuned.npz"
    assert plan.averaging(training, Augmented()).beside == averages.path


def test_classifiers_alone_predict_for_changed_images(tmp_path):
    options = replace(OPTIONS, robustness=True, changes="noise,blur", severities="1,5", tta=4)
    everyone = [*candidates_of(options), metadata_only()]
    plan = run_plan.planned(everyone, SPLITS, tmp_path, options)
    changed = Augmented(changed=[("noise 1", "views")])
    shown = {one.candidate.name for one in plan.trainings if plan.averaging(one, changed).changed}
    assert shown == set(options.classifying)
    said = run_plan.announced(everyone[:-1], 4, options)
    assert said.endswith("; 4 changed versions of each test image, too")
    one = replace(options, changes="noise", severities="1")
    said = run_plan.announced(everyone[:-1], 4, one)
    assert said.endswith("; 1 changed version of each test image, too")


def test_a_forecast_gives_time_memory_and_what_takes_less(plan):
    plan.trainings[-1].path.touch()
    kept, takes, sooner = run_plan.forecast(plan, 2.13e9)
    assert kept == "--resume keeps 1 of 64 trainings"
    assert takes.startswith("63 trainings will take about 29 minutes and 2.13 GB of memory")
    assert sooner == (
        "for an answer sooner: --seeds 1 takes about 15 minutes, --folds 3 takes about 22 minutes,"
        " --classifiers logistic,late_fusion takes about 13 minutes"
    )


@pytest.fixture
def tuned(tmp_path):
    options = replace(OPTIONS, tune=5)
    seconds = dict(zip([each.key for each in EVERYONE], SECONDS, strict=True))
    return replace(run_plan.planned(EVERYONE, SPLITS, tmp_path, options), seconds=seconds)


def test_with_tune_each_model_has_its_trials_and_another_training(tuned, plan):
    assert tuned.trainings == plan.trainings
    assert len(tuned.tuning) == 8 * 4 * (5 + 2)
    first = [(each.candidate.name, each.trial, each.seed) for each in tuned.tuning[:7]]
    assert first == [("logistic", trial, 0) for trial in range(1, 6)] + [
        ("logistic", 0, 0),
        ("logistic", 0, 1),
    ]
    assert tuned.tuning[6].path.name == "0-a-1-logistic_tuned.npz"
    assert tuned.where(tuned.tuning[2]) == "logistic, fold 1 of 4, trial 3 of 5"


def test_a_trial_takes_as_long_as_its_inner_training_images(tuned, plan):
    assert tuned.estimate == pytest.approx(2 * plan.estimate + 4 * 5 * 0.8 * sum(SECONDS))
    folds = replace(tuned, options=replace(tuned.options, inner_folds=3))
    assert folds.estimate == pytest.approx(2 * plan.estimate + 4 * 5 * 2 * sum(SECONDS))


def test_a_tuned_run_is_announced_and_can_do_without(tuned):
    said = run_plan.announced(candidates_of(OPTIONS), 4, tuned.options)
    assert said.endswith(
        "64 trainings; then 5 trials for each model on each split: 160 trials, and 64 trainings"
        " with the chosen settings"
    )
    _, sooner = run_plan.forecast(tuned, 1e9)
    assert sooner.startswith("for an answer sooner: leaving out --tune takes about 29 minutes")


def test_a_short_run_has_no_advice_and_one_without_a_trial_no_forecast(plan):
    short = replace(plan, seconds={"logistic": 2.0})
    (takes,) = run_plan.forecast(short, 1e9)
    assert "about 16 s" in takes
    assert list(run_plan.forecast(replace(plan, seconds={}), 1e9)) == []


def test_a_training_is_named_by_what_there_is_more_than_one_of(plan):
    assert plan.where(plan.trainings[3]) == "xgboost, fold 1 of 4, seed 1"
    single = replace(plan, options=replace(OPTIONS, folds=0, seeds=1))
    assert single.where(plan.trainings[3]) == "xgboost"
