import numpy as np
import pytest

from models.optuna_study import FILE, Studies
from models.search_space import OneOf, Real, Whole
from models.trials import Outcome, best

SPACE = {
    "rate": Real(0.01, 1.0, log=True),
    "depth": Whole(1, 6),
    "C": OneOf((0.1, 1.0), (3.0,)),
}
DEFAULT = {"rate": 0.1, "depth": 3, "C": (3.0,)}


def outcome(chosen, stopped=False):
    value = -((np.log10(chosen["rate"]) + 0.3) ** 2) - abs(chosen["depth"] - 5) / 10
    return Outcome(float("nan") if stopped else float(value), {12: 0.5}, stopped, 0.25)


def searched(folder, count, name="one", seed=0):
    study = Studies(folder).study(name, SPACE, DEFAULT, seed)
    while len(study.trials) < count:
        chosen = study.ask()
        study.tell(outcome(chosen, stopped=len(study.trials) == 2))
    return study.trials


@pytest.fixture(scope="module")
def whole():
    return searched(None, 9)


def test_the_default_settings_are_the_first_trial(whole):
    assert whole[0].chosen == DEFAULT


def test_every_proposal_is_in_the_space(whole):
    for each in whole:
        assert 0.01 <= each.chosen["rate"] <= 1
        assert each.chosen["depth"] in range(1, 7)
        assert each.chosen["C"] in ((0.1, 1.0), (3.0,))
    assert len({each.chosen["rate"] for each in whole}) == 9


def test_outcomes_are_kept_with_their_rungs(whole):
    stopped = whole[2].outcome
    assert (stopped.stopped, stopped.rungs, stopped.seconds) == (True, {12: 0.5}, 0.25)
    assert np.isnan(stopped.value)
    assert whole[1].outcome == outcome(whole[1].chosen)


def test_a_killed_search_goes_on_as_it_would_have_gone_on(whole, tmp_path):
    searched(tmp_path, 4)
    # Another process asks, and is killed before it has an outcome.
    Studies(tmp_path).study("one", SPACE, DEFAULT, 0).ask()
    again = searched(tmp_path, 9)
    assert [each.chosen for each in again] == [each.chosen for each in whole]
    np.testing.assert_equal([*map(list, again)], [*map(list, whole)])


@pytest.mark.parametrize("kept", [0, 1, 3])
def test_the_first_trials_are_the_same_if_they_are_asked_for_together(whole, tmp_path, kept):
    searched(tmp_path, kept)
    study = Studies(tmp_path).study("one", SPACE, DEFAULT, 0)
    together = [study.ask() for _ in range(4 - kept)]
    for number, each in enumerate(together, kept):
        study.tell(outcome(each, stopped=number == 2))
    np.testing.assert_equal([*map(list, searched(tmp_path, 9))], [*map(list, whole)])


def test_searches_in_one_file_do_not_see_each_other(tmp_path):
    searched(tmp_path, 2, "one")
    studies = Studies(tmp_path)
    assert len(studies.study("one", SPACE, DEFAULT, 0).trials) == 2
    assert studies.study("other", SPACE, DEFAULT, 0).trials == []
    assert [each.name for each in tmp_path.iterdir()] == [FILE]


def test_another_seed_proposes_other_settings(whole):
    assert searched(None, 3, seed=1)[1].chosen != whole[1].chosen


def test_the_best_of_a_search_is_never_worse_than_the_defaults(whole):
    assert best(whole).outcome.value >= whole[0].outcome.value
