import json
from inspect import signature
from pathlib import Path

import pytest

import features.extractors
import models.classifiers
import registry
from features.recipe import recipe_of
from features.renamed_parameters import RENAMED, in_recipe, new_name, renamed

FIXTURES = Path(__file__).parents[1] / "fixtures"
EVERY = [
    registry.load(package, name)
    for package, names in (
        (features.extractors, ["orb_words", "dense_sift_fisher"]),
        (models.classifiers, ["xgboost", "logistic", "late_fusion"]),
    )
    for name in names
]


@pytest.mark.parametrize("plugin", EVERY, ids=lambda plugin: plugin.__name__)
def test_no_plug_in_still_has_a_parameter_by_an_old_name(plugin):
    known = signature(plugin).parameters
    assert [old for old in RENAMED if old in known and old != "patience"] == []


def test_a_plug_in_gets_the_new_name_that_it_has():
    assert new_name("stop_after", {"patience"}) == "patience"
    assert new_name("stop_after", {"early_stopping_rounds"}) == "early_stopping_rounds"
    assert new_name("stop_after", {"epochs"}) is None
    assert new_name("n_words", {"n_words"}) is None


def test_patience_means_what_it_meant_where_it_was_stored():
    known = {"reduce_lr_patience": 6, "patience": 18}
    assert renamed({"patience": 6, "stop_after": 18}, known) == known
    assert renamed(known, known) == known


def test_the_parameters_of_an_old_bundle_are_all_known_today():
    stored = json.loads((FIXTURES / "2026-11/xgboost/bundle.json").read_text())["options"]
    known = signature(registry.load(models.classifiers, "xgboost")).parameters
    assert renamed(stored, known).keys() <= set(known)


def test_a_recipe_keeps_the_name_that_caches_were_made_under():
    extractor = registry.load(features.extractors, "orb_words")()
    stored = FIXTURES.glob("2026-11/cache/orb_words-*/recipe.json")
    expected = json.loads(next(stored).read_text())["parameters"].keys()
    assert recipe_of("orb_words", extractor, [])["parameters"].keys() == expected
    assert in_recipe({"sample_images": 7, "step": 8}) == {"sample_films": 7, "step": 8}
