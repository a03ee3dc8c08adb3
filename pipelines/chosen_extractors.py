"""The extractors that the options of a command ask for, not yet fitted."""

from pathlib import Path
from typing import Any

import features.extractors
import registry
from datasets import sources
from datasets.images import Images
from errors import InvalidOption
from features import given_features
from features.extractor import Extractor, Network, is_network
from features.given_features import Given, Pooling
from features.settings import check_used, with_settings
from models.named import plugin_name
from models.views import DEEP, PIXELS, WORDS
from pipelines import chosen_networks
from pipelines.chosen_networks import is_deep
from pipelines.command_options import Extraction
from pipelines.named_networks import OWN, files, size_of
from pipelines.taken_blocks import EXAMPLES, asked, check_needs, embedded, kinds_of, spoken, taken


def build(options: Extraction, allow_random: bool) -> dict[str, Extractor]:
    """Extractors by name, in the order asked for; random weights only if they are allowed.

    With classifiers, only the extractors that they use: images of the network's size are added if
    one is trained on images, and a network without a user is left out.
    """
    chosen_networks.check(asked(options), options)
    made = _listed(options, allow_random)
    if PIXELS in kinds_of(options) and PIXELS not in made:
        size = _network(made, options)[1].preprocessing.image_size
        made[PIXELS] = make(PIXELS, options.set, image_size=size)
    kinds = {name: kind_of(each) for name, each in made.items()}
    _check_used(options, kinds)
    check_needs(options, kinds)
    wanted = taken(options)
    return {name: each for name, each in made.items() if not wanted or {name, kinds[name]} & wanted}


def _listed(options: Extraction, allow_random: bool) -> dict[str, Extractor]:
    """The extractors listed and the networks of `--network`, by the names of their blocks."""
    made: dict[str, Extractor] = {}
    for listed in asked(options):
        if not is_deep(listed):
            made[listed] = _other(listed, options, allow_random)
            continue
        name, network = _deep(listed, options, allow_random)
        if name in made:
            raise InvalidOption(
                f"Two networks would both be {name}; --weights {options.weights} gives two files of"
                " networks of their own. Name them by --network NAME=FILE."
            )
        made[name] = network
    return made | {name: _of_file(name, file, options) for name, file in files(options).items()}


def _other(name: str, options: Extraction, allow_random: bool) -> Extractor:
    """An extractor that is no network, though it may use one."""
    if chosen_networks.takes_weights(name):
        return _on_network(name, options, allow_random)
    size = size_of(name, options) if name == PIXELS else None
    return make(name, options.set, **({"image_size": size} if size else {}))


def _of_file(name: str, file: str, options: Extraction) -> Extractor:
    """The network in a file of `--network`, by the parameters of its plug-in and of its name."""
    plugin = OWN[Path(file).suffix]
    own = {"weights": file, "image_size": size_of(name, options)}
    made = registry.load(features.extractors, plugin)(**own, precision=options.precision)
    return with_settings(with_settings(made, plugin, options.set), name, options.set)


def trained_network(options: Extraction) -> dict[str, Any]:
    """Parameters of classifiers that train the network the options name; {} if none does."""
    if PIXELS not in kinds_of(options):
        return {}
    allow_random = sources.are_synthetic(options)
    chosen_networks.check(asked(options), options)
    name, network = _network(_listed(options, allow_random), options)
    plugin = registry.name_of(features.extractors, network) or name
    return {"backbone": plugin, "weights": network.weights, "precision": options.precision}


def with_network(classifier: Any, network: dict[str, Any]) -> Any:
    """The classifier, with the parameters of the network if it trains one itself."""
    trains = network and "backbone" in classifier.get_params()
    return classifier.set_params(**network) if trains else classifier


def make(name: str, settings: str, **options: Any) -> Extractor:
    """One extractor with its options and its parameters in `--set`."""
    return with_settings(registry.load(features.extractors, name)(**options), name, settings)


def given(images: Images, options: Extraction) -> tuple[Images, dict[str, Given]]:
    """The images with the embeddings from files that the classifiers use, if there are any."""
    wanted = taken(options)
    sources = [each for each in embedded(options) if not wanted or {each.name, each.kind} & wanted]
    poolings = {each.name: with_settings(Pooling(), each.name, options.set) for each in sources}
    return given_features.given(images, sources, poolings, options.missing)


def kind_of(extractor: Extractor) -> str:
    """The kind of features that an extractor gives: images, embeddings or visual words."""
    if registry.name_of(features.extractors, extractor) == PIXELS:
        return PIXELS
    return DEEP if is_network(extractor) else WORDS


def _network(made: dict[str, Extractor], options: Extraction) -> tuple[str, Network]:
    """Name and extractor of the network to train, among those made."""
    for name, extractor in made.items():
        # One that has no gradient cannot be trained.
        if is_network(extractor) and hasattr(type(extractor), "backbone"):
            return name, extractor
    raise InvalidOption(
        "Training on images needs a network of Keras among --extractors;"
        f" {options.extractors} has none. Add one, such as resnet50."
    )


def _deep(listed: str, options: Extraction, allow_random: bool) -> tuple[str, Network]:
    """A network under the name in use: `--backbone` or a file with its own network replaces it."""
    from features import backbone

    name, weights = chosen_networks.meant(listed, options)
    extractor = make(
        name,
        options.set,
        weights=weights,
        image_size=size_of(options.backbone or listed, options),
        precision=options.precision,
    )
    assert is_network(extractor)
    return name, backbone.with_weights(extractor, allow_random=allow_random)


def _on_network(name: str, options: Extraction, allow_random: bool) -> Extractor:
    """An encoding of the feature map of the first network listed, or of what replaces it."""
    from features import backbone

    listed = next(filter(is_deep, asked(options)), EXAMPLES[DEEP])
    network, weights = chosen_networks.meant(listed, options)
    size = size_of(options.backbone or listed, options) or 0
    shared = {"image_size": size, "precision": options.precision}
    extractor: Any = make(name, options.set, network=network, weights=weights, **shared)
    return backbone.with_weights(extractor, allow_random=allow_random)


def _check_used(options: Extraction, made: dict[str, str]) -> None:
    """Refuse what the options set or replace and do not use, of blocks made with their kinds."""
    asking = ("extractors", "classifier", "classifiers")
    flags = [f"--{flag}" for flag in asking if hasattr(options, flag)]
    named = [source.name for source in embedded(options)]
    plugins = [OWN[Path(file).suffix] for file in files(options).values()]
    classifiers = map(plugin_name, options.classifying)
    check_used(options.set, [*made, *named, *plugins, *classifiers], " or ".join(flags))
    wanted = taken(options)
    unused = [name for name in files(options) if wanted and not {name, DEEP, PIXELS} & wanted]
    if unused:
        raise InvalidOption(
            f"--network {unused[0]} must be used by a classifier;"
            f" {' and '.join(options.classifying)} use{'s' * (len(options.classifying) == 1)} only"
            f" {spoken(sorted(wanted))}. Leave it out, or type {flags[-1]} cnn:{unused[0]}."
        )
    if options.backbone and not any(map(chosen_networks.takes_weights, asked(options))):
        raise InvalidOption(
            f"--backbone replaces a network among --extractors; {options.extractors} has none. Add"
            " one, such as resnet50."
        )
