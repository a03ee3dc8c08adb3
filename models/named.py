"""Classifiers by what people type: NAME, NAME:KIND+KIND, or NAME:BLOCK+BLOCK.

As a member of another classifier, each may have another seed: NAME@1.
"""

from collections.abc import Mapping
from typing import Any

import models.classifiers
import registry
from errors import InvalidOption
from models.classifier import Classifier
from models.views import KINDS

# Between a classifier and what it takes, and between the parts of that.
TAKES, AND = ":", "+"
# Between a member and the number of its seed; no run has as many seeds as lie between two of them.
SEED, SEEDS_APART = "@", 1000


def plugin_name(typed: str) -> str:
    """The plug-in of a classifier, without what it takes."""
    return typed.partition(TAKES)[0]


def plugin(typed: str) -> Any:
    """The class of a classifier."""
    return registry.load(models.classifiers, plugin_name(typed))


def classifier_named(typed: str, **options: Any) -> Classifier:
    """A classifier that is not fitted yet, with these options."""
    return narrowed(plugin(typed)(**options), typed)


def without_seed(typed: str) -> str:
    """A member without the number of its seed."""
    return typed.partition(SEED)[0]


def member_named(typed: str, seed: int, network: Mapping[str, Any]) -> Classifier:
    """A member that is not fitted yet; one that trains on images trains this network.

    Its seed is that of the whole, or for NAME@N the N-th that belongs to it.
    """
    name, marked, number = typed.partition(SEED)
    if marked and not number.isdecimal():
        raise InvalidOption(
            f"After {SEED} a member takes the number of its seed; got {typed!r}. Type, for example,"
            f" {name}{SEED}1."
        )
    made = classifier_named(name, seed=seed + SEEDS_APART * int(number or 0))
    trains = network.get("backbone") and "backbone" in made.get_params()
    return made.set_params(**network) if trains else made


def narrowed(classifier: Any, typed: str) -> Classifier:
    """The classifier, which takes only the kinds or blocks of features that are typed."""
    name, _, taken = typed.partition(TAKES)
    if not taken:
        return classifier
    parts, parameters = tuple(taken.split(AND)), classifier.get_params()
    if "views" in parameters:
        return classifier.set_params(views=parts)
    if "networks" in parameters and not set(parts) & set(KINDS):
        return classifier.set_params(networks=parts)
    raise InvalidOption(
        f"{name} always takes {' and '.join(classifier.needs)}; got {typed!r}. Leave"
        f" {TAKES}{taken} out, or choose another classifier."
    )
