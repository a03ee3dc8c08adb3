from dataclasses import dataclass
from typing import Annotated

import pytest

import models.classifiers
import registry
from models.classifiers.logistic import GRID, Logistic
from models.classifiers.xgboost import Xgboost
from models.search_space import OneOf, Real, Whole, declared, spoken


@dataclass
class Plain:
    rate: Annotated[float, Real(0.1, 1.0, log=True)] = 0.3
    depth: Annotated[int, "levels", Whole(1, 4)] = 2
    name: str = "a"


@dataclass
class Narrower(Plain):
    rate: Annotated[float, Real(0.2, 0.5)] = 0.3
    kind: Annotated[str, OneOf("a", "b")] = "a"


def test_only_options_with_a_range_beside_them_are_searched():
    assert declared(Plain) == {"rate": Real(0.1, 1.0, log=True), "depth": Whole(1, 4)}


def test_a_class_inherits_ranges_and_may_declare_its_own():
    assert declared(Narrower) == {
        "rate": Real(0.2, 0.5),
        "depth": Whole(1, 4),
        "kind": OneOf("a", "b"),
    }


def holds(given, value):
    if isinstance(given, OneOf):
        return value in given.values
    return given.low <= value <= given.high


@pytest.mark.slow
@pytest.mark.parametrize("name", registry.names(models.classifiers))
def test_the_defaults_of_every_classifier_are_in_its_space(name):
    made = registry.load(models.classifiers, name)()
    assert made.searched.keys() == made.search_space.keys()
    for option, given in made.search_space.items():
        assert holds(given, made.searched[option]), option


def test_chosen_values_become_options():
    chosen = {"max_depth": 5, "reg_lambda": 2.5}
    made = Xgboost().with_chosen(chosen)
    assert (made.max_depth, made.reg_lambda) == (5, 2.5)
    assert made.searched == Xgboost().searched | chosen


def test_a_search_over_penalties_starts_with_the_grid():
    assert Logistic().searched == {"C": GRID}


def test_chosen_values_are_shown_as_they_are_typed():
    shown = spoken({"hidden": 64, "rate": 0.0031234, "C": (0.1, 3.0), "kind": "b"})
    assert shown == "hidden=64, rate=0.00312, C=0.1+3, kind=b"
