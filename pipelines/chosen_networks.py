"""The network used for each one listed: `--backbone` or a file of weights may replace it."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import features.extractors
import registry
from errors import InvalidOption
from features.backbone import KEYWORDS, extractor_for
from features.extracted import Extracted
from features.extractor import Network, TakesBatches, is_network
from features.recipe import Recipe
from features.weight_files import digest_of_file
from models.views import DEEP, PIXELS
from pipelines.command_options import Extraction
from pipelines.named_networks import OWN, check_names, files, is_by_name, value_of
from reports.report_tree import Backbone


def is_deep(name: str) -> bool:
    """Whether an extractor is a network."""
    return issubclass(registry.load(features.extractors, name), TakesBatches)


def takes_weights(name: str) -> bool:
    """Whether an extractor is a network, or encodes the feature map of one."""
    return is_deep(name) or hasattr(registry.load(features.extractors, name), "network")


def meant(listed: str, options: Extraction) -> tuple[str, str]:
    """The extractor and weights used for a listed network under these options."""
    name = options.backbone or listed
    weights = value_of("weights", name, options)
    if own := OWN.get(Path(options.backbone).suffix):
        name, weights = own, options.backbone
    return extractor_for(name, weights), weights


def check(listed: Sequence[str], options: Extraction) -> None:
    """Refuse one network or file for several networks, two sources of weights for one, and values
    for networks that are not in use.
    """
    networks = list(filter(is_deep, listed))
    given = options.weights
    file = "" if is_by_name(given) else _file(given)
    flags = {"--backbone": options.backbone, "--weights": file}
    several = [f"{flag} {value}" for flag, value in flags.items() if value and len(networks) > 1]
    if several:
        each = ",".join(f"{name}=FILE" for name in networks)
        raise InvalidOption(
            f"{several[0]} is for one network; --extractors lists {', '.join(networks)}. Keep one"
            f" of them, or give each its weights by --weights {each}."
        )
    used = [options.backbone] if options.backbone else networks
    others = [name for name in listed if name == PIXELS]
    check_names(used, [*used, *files(options), *others], options)
    own = Path(options.backbone).suffix in OWN
    if own and given not in ("auto", options.backbone):
        raise InvalidOption(
            f"--backbone {options.backbone} brings its own weights; got --weights {given} too."
            " Leave one of them out."
        )
    if not own and (os.sep in options.backbone or Path(options.backbone).suffix):
        raise InvalidOption(
            "--backbone takes the name of a network or a .keras or .onnx file; got"
            f" {options.backbone!r}. For other weights of a network type, for example,"
            " --backbone resnet50 --weights FILE."
        )


def replaced(listed: Sequence[str], options: Extraction) -> list[str]:
    """A sentence for each network that a file of `--weights` replaces."""
    if options.backbone:
        return []
    pairs = [(name, value_of("weights", name, options)) for name in filter(is_deep, listed)]
    return [
        f"{file} holds another network than {name}: {used} replaces {name}"
        for name, file in pairs
        if _file(file) and (used := meant(name, options)[0]) != name
    ]


def trained(name: str, weights: str) -> Backbone:
    """For a report, a network trained on images: its name and the weights that it began with."""
    path = Path(weights)
    digest = digest_of_file(path) if _file(weights) and path.is_file() else None
    return Backbone(name, weights, digest)


def computed(name: str, network: Network, recipe: Recipe) -> Backbone:
    """For a report, a network that computed features: its name, weights and their digest."""
    digest = None if network.weights == "random" else recipe["content"]["weights"]
    return Backbone(name, network.weights, digest)


def of_features(extracted: Extracted) -> Iterator[Backbone]:
    """The networks that computed features, and the files that embeddings come from."""
    for name, branch in extracted.branches.items():
        if is_network(branch.extractor):
            yield computed(name, branch.extractor, branch.store.recipe)
    for name, each in extracted.given.items():
        if each.kind == DEEP:
            yield Backbone(name, str(each.source.path), each.digest)


def _file(weights: str) -> str:
    """The file of weights; "" for a keyword."""
    return "" if weights in KEYWORDS else weights
