"""Who takes part in a comparison: classifiers, and for each hybrid its controls of equal width."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import models.classifiers
import registry
from models.classifier import Classifier
from models.views import DEEP, METADATA, WORDS, Views, deep_as_words, shuffled_words
from pipelines.options import Compare
from pipelines.settings import with_settings

METADATA_ALONE = "metadata alone"


class Contender(NamedTuple):
    """A model of the comparison: how it is made, what it sees, and whether it is a control."""

    name: str
    make: Callable[[int], Classifier]
    see: Callable[[Views, int], Views]
    control: bool = False


def contenders(options: Compare) -> list[Contender]:
    """The classifiers asked for in their order, each hybrid's controls behind it, metadata last."""
    found: list[Contender] = []
    for name in options.classifying:
        own = Contender(name, partial(_make, name, options), _as_it_is)
        found.append(own)
        if _is_hybrid(own.make(options.seed)):
            found += [
                Contender(f"{name} with words of other films", own.make, shuffled_words, True),
                Contender(f"{name} with deep vectors for words", own.make, _without_words, True),
            ]
    return [*found, Contender(METADATA_ALONE, _metadata_alone, _as_it_is)]


def _make(name: str, options: Compare, seed: int) -> Classifier:
    """A classifier as asked for; age, sex and view join hybrids only, and only if asked."""
    made = with_settings(registry.load(models.classifiers, name)(), name, options.set)
    made.set_params(seed=seed)
    if options.metadata and _is_hybrid(made) and "views" in made.get_params():
        made.set_params(views=(*made.views, METADATA))
    return made


def _is_hybrid(classifier: Classifier) -> bool:
    return {DEEP, WORDS} <= set(classifier.needs)


def _metadata_alone(seed: int) -> Classifier:
    return registry.load(models.classifiers, "logistic")(seed=seed, views=(METADATA,))


def _as_it_is(views: Views, seed: int) -> Views:
    return views


def _without_words(views: Views, seed: int) -> Views:
    return deep_as_words(views)
