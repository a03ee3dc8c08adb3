"""Who takes part in a comparison: classifiers, and for each hybrid its controls of equal width."""

from collections.abc import Callable, Collection
from functools import partial
from typing import Any, NamedTuple

import models.classifiers
import registry
from features.settings import with_settings
from models.classifier import Classifier
from models.views import DEEP, METADATA, PIXELS, WORDS, Views, deep_as_words, shuffled_words
from pipelines import chosen_extractors
from pipelines.command_options import Compare

METADATA_ALONE = "metadata alone"


class Contender(NamedTuple):
    """A model of the comparison: how it is made, what it sees, and whether it is a control."""

    name: str
    make: Callable[[int], Classifier]
    see: Callable[[Views, int], Views]
    control: bool = False


def contenders(options: Compare) -> list[Contender]:
    """The classifiers asked for in their order, each hybrid's controls behind it, metadata last."""
    network = chosen_extractors.trained_network(options)
    own = [
        Contender(name, partial(_make, name, options, network), _as_it_is)
        for name in options.classifying
    ]
    needs = {each.name: set(each.make(options.seed).needs) for each in own}
    kinds_seen = set().union(*needs.values())
    found: list[Contender] = []
    for each in own:
        found.append(each)
        if is_hybrid(needs[each.name]):
            name = f"{each.name} with words of other films"
            found.append(Contender(name, each.make, shuffled_words, True))
        if is_hybrid(needs[each.name]) and DEEP in kinds_seen:
            name = f"{each.name} with deep vectors for words"
            found.append(Contender(name, each.make, _without_words, True))
    return [*found, Contender(METADATA_ALONE, _metadata_alone, _as_it_is)]


def _make(name: str, options: Compare, network: dict[str, Any], seed: int) -> Classifier:
    """A classifier as asked for; age, sex and view join hybrids only, and only if asked."""
    plain = chosen_extractors.with_network(registry.load(models.classifiers, name)(), network)
    made = with_settings(plain, name, options.set).set_params(seed=seed)
    if options.metadata and is_hybrid(made.needs) and "views" in made.get_params():
        made.set_params(views=(*made.views, METADATA))
    return made


def is_hybrid(kinds: Collection[str]) -> bool:
    """Whether words stand beside a network's vectors, or a network itself."""
    return WORDS in kinds and not {DEEP, PIXELS}.isdisjoint(kinds)


def _metadata_alone(seed: int) -> Classifier:
    return registry.load(models.classifiers, "logistic")(seed=seed, views=(METADATA,))


def _as_it_is(views: Views, seed: int) -> Views:
    return views


def _without_words(views: Views, seed: int) -> Views:
    return deep_as_words(views)
