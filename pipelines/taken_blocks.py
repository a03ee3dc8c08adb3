"""The blocks of features that the options name, and which of them the classifiers take."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

import features.extractors
import models.classifiers
import registry
from errors import InvalidOption
from features import given_features
from features.given_features import Source
from features.settings import with_settings
from models.classifier import Classifier
from models.named import AND, TAKES, narrowed, plugin, plugin_name, without_seed
from models.views import DEEP, KINDS, METADATA, PIXELS, WORDS
from pipelines.chosen_networks import is_deep
from pipelines.command_options import Compare, Extraction
from pipelines.extractor_names import extractors_listed
from pipelines.named_networks import files

ENSEMBLE = "ensemble"
EXAMPLES = {DEEP: "resnet50", WORDS: "dense_sift_fisher"}
SPOKEN = {
    DEEP: "embeddings",
    WORDS: "visual words",
    METADATA: "age, sex and view",
    PIXELS: "images",
}


def asked(options: Extraction) -> list[str]:
    """The extractors listed, each once."""
    names = extractors_listed(options.extractors)
    if not names and not options.embeddings and not options.network:
        raise InvalidOption(
            f"--extractors must name at least one; got {options.extractors!r}. Type --extractors"
            " resnet50."
        )
    return names


def embedded(options: Extraction) -> list[Source]:
    """The files of embeddings that the options name."""
    found = given_features.sources_of(options.embeddings)
    for source in found:
        if source.name in registry.names(models.classifiers):
            raise InvalidOption(
                "A name in --embeddings must not be that of a classifier, since --set takes both;"
                f" got {source.name!r}. Type, for example, --embeddings my_{source.name}="
                f"{source.path}."
            )
        if source.name in files(options):
            raise InvalidOption(
                f"{source.name} must be in --embeddings or in --network; it is in both. Rename one."
            )
    return found


def kind_named(name: str, options: Extraction) -> str:
    """The kind of features of a block that is not made yet, by its name; a kind is its own."""
    given = {source.name: source.kind for source in embedded(options)}
    given |= dict.fromkeys(files(options), DEEP)
    if name in KINDS or name in given:
        return given.get(name, name)
    if name not in registry.names(features.extractors):
        blocks = [*asked(options), *given]
        raise InvalidOption(
            f"A classifier takes kinds of features ({', '.join(KINDS)}) or blocks in use"
            f" ({', '.join(blocks)}); got {name!r}. Correct the name, or add it with --network"
            f" {name}=FILE or --embeddings {name}=FILE."
        )
    return DEEP if is_deep(name) else WORDS


@lru_cache
def classifier(name: str, settings: str) -> Classifier:
    """A classifier with the parameters of `--set`, built once and only to be looked at."""
    return narrowed(with_settings(plugin(name)(), plugin_name(name), settings), name)


def needs(options: Extraction) -> dict[str, tuple[str, ...]]:
    """What each classifier takes, kinds of features or names of blocks; {} without classifiers."""
    return {name: classifier(name, options.set).needs for name in options.classifying}


def taken(options: Extraction) -> set[str]:
    """The kinds of features and names of blocks that any classifier takes; empty: all."""
    return set().union(*needs(options).values())


def kinds(names: Iterable[str], options: Extraction) -> tuple[str, ...]:
    """The kinds of features among kinds and names of blocks, each once."""
    return tuple(dict.fromkeys(kind_named(name, options) for name in names))


def kinds_of(options: Extraction) -> set[str]:
    """Kinds of features that any classifier takes; empty if all are wanted."""
    return set(kinds(taken(options), options))


def check_needs(options: Extraction, made: dict[str, str]) -> None:
    """Refuse a classifier that takes what no block gives, of blocks made with their kinds."""
    given = made | {source.name: source.kind for source in embedded(options)}
    for name, wanted in needs(options).items():
        missing = [
            each for each in wanted if each not in {METADATA, PIXELS, *given, *given.values()}
        ]
        if missing:
            add = ",".join([*asked(options), *(EXAMPLES.get(each, each) for each in missing)])
            listed = options.extractors or "(none)"
            raise InvalidOption(
                f"{name} uses {spoken(wanted)}; --extractors {listed} gives no {spoken(missing)}."
                f" Type --extractors {add}."
            )
        for typed in (name, *classifier(name, options.set).get_params().get("members", ())):
            _check_networks(without_seed(typed), given)


def _check_networks(typed: str, given: dict[str, str]) -> None:
    """Refuse a classifier of embeddings alone that is to take another kind of block."""
    blocks = typed.partition(TAKES)[2].split(AND)
    others = [name for name in blocks if given.get(name, DEEP) != DEEP]
    if others and "networks" in plugin(typed)().get_params():
        raise InvalidOption(
            f"{plugin_name(typed)} takes embeddings alone; {others[0]} is of another kind. Type"
            f" logistic{TAKES}{others[0]} or dual_input{TAKES}{AND.join(blocks)}."
        )


def with_ensemble(options: Compare) -> Compare:
    """The options, by default with an ensemble if there are several embeddings."""
    deep = [name for name in asked(options) if is_deep(name)]
    deep += [*files(options), *(each.name for each in embedded(options) if each.kind == DEEP)]
    if options.classifiers != Compare.classifiers or len(deep) < 2:
        return options
    return replace(options, classifiers=f"{options.classifiers},{ENSEMBLE}")


def spoken(wanted: Sequence[str]) -> str:
    """Kinds of features and names of blocks in words."""
    return " and ".join(SPOKEN.get(each, each) for each in wanted)
