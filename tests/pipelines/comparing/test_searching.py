from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from datasets.images import Split
from errors import InvalidOption
from evaluation.auc import label_aucs, macro
from models import trials
from models.classifiers.logistic import Logistic
from models.classifiers.xgboost import Xgboost
from models.optuna_study import Studies
from models.views import Block, Views
from pipelines.command_options import Compare
from pipelines.comparing import searching
from pipelines.comparing.searching import Search
from tests import fakes
from tests.models.searchable import Mixed, Picking

SETS = np.array(["train", "train", "train", "validation", "test"], object)


def images_of(labels):
    return fakes.images(labels, split=Split("mine", np.resize(SETS, len(labels))))


def searched(kind, values, labels, seed=0, count=20, n_folds=0, folder=None):
    """The search of a classifier on the images of the training set, and its probabilities."""
    images, views = images_of(labels), Views({"net": Block(values.astype(np.float32), "deep")})
    make = partial(kind, seed=seed)
    inner = searching.inner_of(views, images, n_folds, seed)
    space = searching.free_space(make(), "mixed", "")
    job = searching.job_of(Studies(folder), "one", make, space, lambda chosen: inner)
    searching.run([job], count, lambda number: None)
    return Search(job.study.trials), views, images


def outer(kind, search, views, images, default=False):
    """Macro AUC on the test images, by the chosen settings."""
    made = kind().with_chosen({} if default else search.chosen)
    held = views.select(images.validation), images.labels[images.validation]
    made.fit(views.select(images.train), images.labels[images.train], validation=held)
    scores = made.predict_proba(views.select(images.test))
    return float(macro(label_aucs(images.labels[images.test], scores)))


def planted(seed):
    """Labels that the first feature knows, and not the second."""
    rng = np.random.default_rng(seed)
    labels = (rng.random((500, 1)) < 0.4).astype(float)
    return np.hstack([2 * labels + rng.normal(size=(500, 1)), rng.normal(size=(500, 1))]), labels


def test_a_planted_better_setting_is_found_in_nine_of_ten_seeds():
    searches = [searched(Mixed, *planted(seed), seed=seed)[0] for seed in range(10)]
    found = [each.chosen.get("mix", Mixed.mix) for each in searches]
    assert np.count_nonzero(np.abs(np.array(found) - 0.7) < 0.1) >= 9


def test_on_noise_the_inner_auc_is_inflated_and_the_outer_one_is_not():
    inner, test = [], []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        labels = (rng.random((300, 2)) < 0.4).astype(float)
        search, *given = searched(Picking, rng.normal(size=(300, 100)), labels, seed)
        inner.append(trials.best(search.trials).outcome.value)
        test.append(outer(Picking, search, *given))
    spread = 2 * np.std(test, ddof=1) / np.sqrt(len(test))
    assert np.mean(inner) > 0.55
    assert abs(np.mean(test) - 0.5) < spread + 0.01


@pytest.mark.parametrize("n_folds", [0, 3])
def test_labels_and_features_of_test_patients_change_nothing_that_is_chosen(n_folds):
    values, labels = planted(0)
    tested = np.resize(SETS, len(labels)) == "test"
    before, *_ = searched(Mixed, values, labels, count=8, n_folds=n_folds)
    values, labels = values.copy(), labels.copy()
    labels[tested], values[tested] = 1 - labels[tested], -values[tested]
    after, *_ = searched(Mixed, values, labels, count=8, n_folds=n_folds)
    assert [each.chosen for each in after.trials] == [each.chosen for each in before.trials]
    assert [each.outcome.value for each in after.trials] == [
        each.outcome.value for each in before.trials
    ]


def test_the_chosen_settings_are_never_worse_than_the_defaults_on_inner_images():
    search, *_ = searched(Mixed, *planted(3), count=6)
    assert search.trials[0].chosen == {"mix": 0.1}
    best = trials.best(search.trials).outcome.value
    assert best == max(each.outcome.value for each in search.trials)


def test_settings_that_are_best_by_default_are_not_listed_as_chosen():
    search, *_ = searched(Mixed, *planted(3), count=1)
    assert search.chosen == {}
    assert Search([]).chosen == {}


def test_a_search_is_continued_where_it_was_killed(tmp_path):
    whole, *_ = searched(Mixed, *planted(1), count=7)
    searched(Mixed, *planted(1), count=3, folder=tmp_path)
    again, *_ = searched(Mixed, *planted(1), count=7, folder=tmp_path)
    assert [each.chosen for each in again.trials] == [each.chosen for each in whole.trials]


class Crew:
    """Workers who do each round of trials at once."""

    rounds = ()

    def results(self, make, items, named):
        items = [*items]
        self.rounds = (*self.rounds, len(items))
        assert all("mix=" in named(each) for each in items)
        return [make(each) for each in reversed(items)][::-1]


def test_a_crew_does_trials_of_every_search_at_once_with_the_same_results():
    values, labels = planted(2)
    images, views = images_of(labels), Views({"net": Block(values.astype(np.float32), "deep")})
    inner, found, done = searching.inner_of(views, images, 0, 0), [], []
    for crew in (None, Crew()):
        makes = [partial(Mixed, planted=place) for place in (0.4, 0.9)]
        jobs = [
            searching.job_of(Studies(), "one", make, Mixed().search_space, lambda chosen: inner)
            for make in makes
        ]
        searching.run(jobs, 8, done.append, crew)
        found.append([[each.chosen for each in job.study.trials] for job in jobs])
        assert all(len(set(map(str, each))) == 8 for each in found[-1])
    assert found[0] == found[1]
    # The first four trials of a search depend on nothing.
    assert [*filter(None, crew.rounds)] == [8, 2, 2, 2, 2]
    assert done == [0] * 8 + [1] * 8 + [0] * 4 + [1] * 4 + [0, 1] * 4


def test_what_the_user_sets_is_not_searched():
    space = searching.free_space(Xgboost(), "xgboost:words", "xgboost.max_depth=4 cnn.hidden=9")
    assert space == {
        name: each for name, each in Xgboost().search_space.items() if name != "max_depth"
    }


def test_a_classifier_is_made_with_those_of_the_chosen_settings_that_are_its_own():
    chosen = {"C": (3.0,), "orb_words.n_words": 16}
    made = searching.with_chosen(lambda seed: Logistic(seed=seed), chosen, 5)
    assert (made.seed, made.C) == (5, (3.0,))


@pytest.mark.parametrize("change", [{"tune": -1}, {"tune": 3, "inner_folds": 1}])
def test_impossible_numbers_are_refused(change):
    searching.check(Compare(tune=3, inner_folds=2))
    with pytest.raises(InvalidOption, match="must be"):
        searching.check(replace(Compare(), **change))
