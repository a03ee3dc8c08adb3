import numpy as np
import pytest

from errors import InvalidOption
from models.schedules import halvings, rate, since_best

HISTORY = np.dtype([("validation_loss", "f4"), ("validation_auc", "f4")])


def history(*aucs, losses=None):
    return np.array(list(zip(losses or [1.0] * len(aucs), aucs, strict=True)), HISTORY)


NOTHING_YET = history()


def rates(schedule, done, history=NOTHING_YET, warm_up=2, epochs=10):
    return [rate(schedule, each, epochs, warm_up, history, 2) for each in done]


@pytest.mark.parametrize("schedule", ["cosine", "plateau"])
def test_the_rate_rises_evenly_to_the_whole_at_first(schedule):
    np.testing.assert_allclose(rates(schedule, [0, 0.5, 1, 2]), [0, 0.25, 0.5, 1])


def test_a_cosine_falls_to_nothing_by_the_end():
    np.testing.assert_allclose(
        rates("cosine", [4, 6, 8, 10]), [0.853553, 0.5, 0.146447, 0], atol=1e-6
    )


def test_a_plateau_halves_the_rate_each_time_validation_does_not_improve():
    still = history(0.5, 0.7, 0.6, 0.6, 0.6, 0.6)
    assert rates("plateau", [6], still) == [0.25]
    assert rates("plateau", [6], still[:3]) == [1]


def test_a_gain_ends_the_wait_but_gives_nothing_back():
    assert halvings(history(0.5, 0.4, 0.4, 0.6, 0.5), 2) == 1


def test_without_warm_up_the_rate_is_whole_at_once():
    assert rates("cosine", [0], warm_up=0) == [1]


def test_the_best_epoch_has_the_highest_auc_and_of_equals_the_lowest_loss_and_is_the_first():
    assert since_best(history()) == 0
    assert since_best(history(0.6, 0.7, 0.5)) == 1
    assert since_best(history(0.7, 0.7, 0.7, losses=[3, 1, 2])) == 1
    assert since_best(history(0.7, 0.7, losses=[1, 1])) == 1


def test_an_unknown_schedule_is_refused():
    with pytest.raises(InvalidOption, match="one of cosine, plateau; got 'linear'"):
        rates("linear", [0])
