from dataclasses import replace

import pytest

from pipelines.command_options import Compare
from pipelines.comparing import run_bar
from pipelines.comparing.candidates import candidates_of
from pipelines.comparing.run_bar import RunBar
from pipelines.comparing.run_plan import RunPlan, planned

OPTIONS = Compare(classifiers="logistic,xgboost", baseline="logistic", extractors="sift_words")
CANDIDATES = candidates_of(OPTIONS)


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(run_bar.time, "monotonic", lambda: now[0])
    return now


def bar_of(plan, seconds=None):
    bar = RunBar.of(RunPlan(plan.trainings, OPTIONS, seconds or {}))
    bar.started = bar.since = 100.0
    return bar


@pytest.fixture
def plan(tmp_path):
    """A logistic regression, xgboost and its control with shuffled visual words."""
    return planned(CANDIDATES, ["0-a"], tmp_path, OPTIONS)


def finish(bar, plan, place, clock, seconds):
    clock[0] += seconds
    bar.finish(plan.trainings[place])


def test_the_time_left_is_estimated_before_anything_is_trained(plan, clock):
    seconds = {each.key: cost for each, cost in zip(CANDIDATES, (1, 30, 30, 30), strict=False)}
    bar = bar_of(plan, seconds)
    assert bar.seconds_left == sum(seconds.values())
    clock[0] += 10
    assert bar.seconds_left == sum(seconds.values()) - 10
    assert bar.share == pytest.approx(10 / sum(seconds.values()))


def test_controls_take_as_long_as_their_hybrid_took(plan, clock):
    bar = bar_of(plan)
    finish(bar, plan, 0, clock, 2)
    finish(bar, plan, 1, clock, 50)
    assert bar.seconds_left == 50 * (len(plan.trainings) - 2)


def test_averages_are_not_counted_beside_their_trainings(tmp_path):
    options = replace(OPTIONS, tta=2)
    plan = planned(candidates_of(options), ["0-a"], tmp_path, options)
    bar = bar_of(plan)
    for each in plan.trainings:
        bar.finish(each)
    assert bar.done == bar.total == len(plan.all)


def test_kept_trainings_count_as_done_and_take_no_time(plan, clock):
    plan.trainings[0].path.touch()
    bar = bar_of(plan)
    finish(bar, plan, 0, clock, 1)
    assert bar.seconds_left is None
    count = len(plan.trainings)
    assert bar.how_far() == f"1 of {count} trainings, no estimate yet"
    assert bar.share == 0


def test_trials_have_a_bar_of_their_own_in_which_some_need_not_be_done(tmp_path, clock):
    plan = planned(CANDIDATES, ["0-a"], tmp_path, replace(OPTIONS, tune=2))
    bar = RunBar.of_tuning(replace(plan, options=OPTIONS))
    assert bar.how_far() == f"0 of {3 * len(CANDIDATES)} trials, no estimate yet"
    clock[0] += 4
    bar.since = 100.0
    bar.finish(plan.tuning[0])
    for one in plan.tuning[:3]:
        bar.skip(one)
    assert bar.done == 3
    assert bar.seconds_left == 4 * (len(plan.tuning) - 3)


def test_at_the_end_nothing_is_left(plan, clock):
    bar = bar_of(plan)
    for place in range(count := len(plan.trainings)):
        finish(bar, plan, place, clock, 1)
    assert bar.how_far() == f"{count} of {count} trainings, 0 s left"
    assert bar.share == 1
