"""The extractors that the options of a command ask for, not yet fitted."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import features.extractors
import models.classifiers
import registry
from datasets import sources
from datasets.images import Images
from errors import InvalidOption
from features import given_features
from features.extractor import Extractor, Network, is_network
from features.given_features import Given, Pooling, Source
from features.settings import check_used, with_settings
from models.classifier import Classifier
from models.views import DEEP, METADATA, PIXELS, WORDS
from pipelines import chosen_networks
from pipelines.chosen_networks import is_deep
from pipelines.command_options import Extraction
from pipelines.extractor_names import extractors_listed

EXAMPLES = {DEEP: "resnet50", WORDS: "dense_sift_fisher"}
SPOKEN = {
    DEEP: "embeddings",
    WORDS: "visual words",
    METADATA: "age, sex and view",
    PIXELS: "images",
}


def build(options: Extraction, allow_random: bool) -> dict[str, Extractor]:
    """Extractors by name, in the order asked for; random weights only if they are allowed.

    With classifiers, only the extractors that they use: images of the network's size are added if
    one is trained on images, and a network without a user is left out.
    """
    made: dict[str, Extractor] = {}
    chosen_networks.check(asked(options), options)
    for name in asked(options):
        if is_deep(name):
            name, extractor = _deep(name, options, allow_random)
            made[name] = extractor
        elif chosen_networks.takes_weights(name):
            made[name] = _on_network(name, options, allow_random)
        elif name == PIXELS and options.image_size:
            made[name] = make(name, options.set, image_size=options.image_size)
        else:
            made[name] = make(name, options.set)
    kinds = kinds_of(options)
    if PIXELS in kinds and PIXELS not in made:
        size = _network(made, options)[1].preprocessing.image_size
        made[PIXELS] = make(PIXELS, options.set, image_size=size)
    _check_used(options, made)
    _check_needs(options, made)
    return {name: each for name, each in made.items() if not kinds or kind_of(each) in kinds}


def trained_network(options: Extraction) -> dict[str, Any]:
    """Parameters of classifiers that train the network the options name; {} if none does."""
    if PIXELS not in kinds_of(options):
        return {}
    allow_random = sources.are_synthetic(options)
    chosen_networks.check(asked(options), options)
    made: dict[str, Extractor] = dict(
        _deep(name, options, allow_random) for name in asked(options) if is_deep(name)
    )
    name, network = _network(made, options)
    return {"backbone": name, "weights": network.weights, "precision": options.precision}


def with_network(classifier: Any, network: dict[str, Any]) -> Any:
    """The classifier, with the parameters of the network if it trains one itself."""
    trains = network and "backbone" in classifier.get_params()
    return classifier.set_params(**network) if trains else classifier


def make(name: str, settings: str, **options: Any) -> Extractor:
    """One extractor with its options and its parameters in `--set`."""
    return with_settings(registry.load(features.extractors, name)(**options), name, settings)


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
    return found


def given(images: Images, options: Extraction) -> tuple[Images, dict[str, Given]]:
    """The images with the embeddings from files that the classifiers use, if there are any."""
    kinds = kinds_of(options)
    sources = [each for each in embedded(options) if not kinds or each.kind in kinds]
    poolings = {each.name: with_settings(Pooling(), each.name, options.set) for each in sources}
    return given_features.given(images, sources, poolings, options.missing)


def kind_of(extractor: Extractor) -> str:
    """The kind of features that an extractor gives: images, embeddings or visual words."""
    if registry.name_of(features.extractors, extractor) == PIXELS:
        return PIXELS
    return DEEP if is_network(extractor) else WORDS


def kind_named(name: str) -> str:
    """The kind of features of a block that is not made yet, by its name."""
    if name == PIXELS:
        return PIXELS
    return DEEP if is_deep(name) else WORDS


def asked(options: Extraction) -> list[str]:
    """The extractors listed, each once."""
    names = extractors_listed(options.extractors)
    if not names and not options.embeddings:
        raise InvalidOption(
            f"--extractors must name at least one; got {options.extractors!r}. Type --extractors"
            " resnet50."
        )
    return names


def needs(options: Extraction) -> dict[str, tuple[str, ...]]:
    """Kinds of features that each classifier takes; {} for a command without classifiers."""
    return {name: classifier(name, options.set).needs for name in options.classifying}


@lru_cache
def classifier(name: str, settings: str) -> Classifier:
    """A classifier with the parameters of `--set`, built once and only to be looked at."""
    made = with_settings(registry.load(models.classifiers, name)(), name, settings)
    if PIXELS in made.needs and "members" in made.get_params():
        raise InvalidOption(
            f"Members of {name} must learn from features; got {', '.join(made.members)}. Replace"
            " a member that learns from images by cnn."
        )
    return made


def kinds_of(options: Extraction) -> set[str]:
    """Kinds of features that any classifier takes; empty if all are wanted."""
    return set().union(*needs(options).values())


def _check_needs(options: Extraction, made: dict[str, Extractor]) -> None:
    """Refuse a classifier that uses a kind of features which no extractor gives."""
    given = {METADATA, PIXELS, *map(kind_of, made.values())}
    given |= {source.kind for source in embedded(options)}
    for name, wanted in needs(options).items():
        if missing := [kind for kind in wanted if kind not in given]:
            add = ",".join([*asked(options), *(EXAMPLES[kind] for kind in missing)])
            listed_here = options.extractors or "(none)"
            raise InvalidOption(
                f"{name} uses {spoken(wanted)}; --extractors {listed_here} gives no"
                f" {spoken(missing)}. Type --extractors {add}."
            )


def spoken(kinds: Iterable[str]) -> str:
    """Kinds of features in words."""
    return " and ".join(SPOKEN[kind] for kind in kinds)


def _network(made: dict[str, Extractor], options: Extraction) -> tuple[str, Network]:
    """Name and extractor of the network to train, among those made."""
    for name, extractor in made.items():
        if is_network(extractor):
            return name, extractor
    raise InvalidOption(
        f"Training on images needs a network among --extractors; {options.extractors} has none. Add"
        " one, such as resnet50."
    )


def _deep(name: str, options: Extraction, allow_random: bool) -> tuple[str, Network]:
    """A network under the name in use: `--backbone` or a file with its own network replaces it."""
    from features import backbone

    name, weights = chosen_networks.meant(name, options)
    size = options.image_size or None
    extractor = make(
        name, options.set, weights=weights, image_size=size, precision=options.precision
    )
    assert is_network(extractor)
    return name, backbone.with_weights(extractor, allow_random=allow_random)


def _on_network(name: str, options: Extraction, allow_random: bool) -> Extractor:
    """An encoding of the feature map of the network listed, or of the one that replaces it."""
    from features import backbone

    listed = next(filter(is_deep, asked(options)), EXAMPLES[DEEP])
    network, weights = chosen_networks.meant(listed, options)
    shared = {"image_size": options.image_size, "precision": options.precision}
    extractor: Any = make(name, options.set, network=network, weights=weights, **shared)
    return backbone.with_weights(extractor, allow_random=allow_random)


def _check_used(options: Extraction, made: dict[str, Extractor]) -> None:
    asking = ("extractors", "classifier", "classifiers")
    flags = [f"--{flag}" for flag in asking if hasattr(options, flag)]
    named = [source.name for source in embedded(options)]
    check_used(options.set, [*made, *named, *options.classifying], " or ".join(flags))
    if options.backbone and not any(map(chosen_networks.takes_weights, made)):
        raise InvalidOption(
            f"--backbone replaces a network among --extractors; {options.extractors} has none. Add"
            " one, such as resnet50."
        )
