"""Messages before the work starts: replaced networks, and options without effect.

An option without effect is not an error, because scripts may pass it to several commands. A warning
gives the option and the reason.
"""

from collections.abc import Collection, Iterator
from typing import Any

import models.classifiers
import registry
from features.settings import read_settings
from models.classifier import Classifier
from models.named import plugin_name, without_seed
from models.views import DEEP, KINDS, PIXELS
from pipelines import chosen_networks, taken_blocks
from pipelines.command_options import Compare, Extract, Extraction, Train
from pipelines.comparing.candidates import is_hybrid
from pipelines.taken_blocks import SPOKEN
from progress import say, warn

# Networks without a gradient.
UNTRAINABLE = ("onnx_file",)
OF_NETWORKS = ("weights", "image_size", "precision")
# Parameters of a plug-in that need one of these values of another parameter.
ONLY_WITH = {
    "focal_alpha": ("loss", ("focal", "hybrid")),
    "focal_gamma": ("loss", ("focal", "hybrid")),
    "target_prevalence": ("resampling", ("over", "under")),
    "weight_decay": ("optimizer", ("adamw",)),
    "reduce_lr_patience": ("schedule", ("plateau",)),
    "flip": ("augmentation", ("mild", "medical")),
}


def announce(options: Extraction) -> None:
    """Show which network replaces another, and warn about options without effect."""
    chosen_networks.check(taken_blocks.asked(options), options)
    for sentence in replaced(options):
        say(sentence)
    for sentence in without_effect(options):
        warn(sentence)


def replaced(options: Extraction) -> list[str]:
    """A sentence for a network in use that a file of `--weights` replaces."""
    used = _uses_network(options)
    return chosen_networks.replaced(taken_blocks.asked(options), options) if used else []


def without_effect(options: Extraction) -> Iterator[str]:
    """A sentence for each option that has no effect given the others."""
    yield from _of_networks(options)
    yield from _left_out(options)
    yield from _of_command(options)
    yield from _settings(options)


def _of_networks(options: Extraction) -> Iterator[str]:
    """Flags of networks if no network is used; which of several networks is fine-tuned."""
    asked, kinds = taken_blocks.asked(options), taken_blocks.kinds_of(options)
    networks = list(filter(chosen_networks.is_deep, asked))
    users = list(filter(chosen_networks.takes_weights, asked))
    if not users or not _uses_network(options):
        unused = [name for name in OF_NETWORKS if getattr(options, name) != _default(options, name)]
        if options.network:
            unused = [name for name in unused if name == "weights"]
        unused += ["backbone"] * bool(options.backbone)
        if PIXELS in asked and not kinds:
            unused = [name for name in unused if name != "image_size"]
        why = "no classifier here uses a network" if users else "--extractors lists no network"
        yield from (f"--{name.replace('_', '-')} has no effect: {why}" for name in unused)
    trainable = [name for name in networks if name not in UNTRAINABLE]
    if PIXELS in kinds and trainable and len([*networks, *options.network]) > 1:
        yield f"{trainable[0]}, the first network of --extractors, is the one trained on images"


def _uses_network(options: Extraction) -> bool:
    """Whether the features of a network are wanted, or one is trained."""
    kinds = taken_blocks.kinds_of(options)
    users = filter(chosen_networks.takes_weights, taken_blocks.asked(options))
    used = {taken_blocks.kind_named(name, options) for name in users} | (
        {DEEP} if options.network else set()
    )
    return not kinds or PIXELS in kinds or not kinds.isdisjoint(used)


def _left_out(options: Extraction) -> Iterator[str]:
    """Extractors that the user named, but whose features no classifier uses."""
    wanted = taken_blocks.taken(options)
    named = set(read_settings(options.set))
    if options.extractors != _default(options, "extractors"):
        named |= set(taken_blocks.asked(options))
    who = " and ".join(options.classifying) + " use" + "s" * (len(options.classifying) == 1)
    for source in taken_blocks.embedded(options):
        if wanted and not {source.name, source.kind} & wanted:
            yield f"{source.name} is not used: {who} {_instead(source.kind, wanted)}"
    for name in taken_blocks.asked(options):
        kind = taken_blocks.kind_named(name, options)
        taken = {name, kind} & wanted or (kind == DEEP and PIXELS in wanted)
        if wanted and not taken and name in named:
            yield f"{name} is not used: {who} {_instead(kind, wanted)}"


def _instead(kind: str, wanted: Collection[str]) -> str:
    """What classifiers take that do not take a block of this kind."""
    named = not set(wanted) <= set(KINDS)
    return f"only {taken_blocks.spoken(sorted(wanted))}" if named else f"no {SPOKEN[kind]}"


def _of_command(options: Extraction) -> Iterator[str]:
    """Flags of a single command."""
    if options.missing != _default(options, "missing") and not options.embeddings:
        yield "--missing has no effect without --embeddings"
    if getattr(options, "inner_folds", 0) and not getattr(options, "tune", 0):
        yield "--inner-folds has no effect without --tune"
    match options:
        case Extract(estimate=0, workers=workers) if workers != Extract.workers:
            yield "--workers has no effect without --estimate"
        case Extract(embeddings=[_, *_]) if options.estimate:
            yield "--embeddings has no effect with --estimate: no time is needed to compute them"
        case Extract(cluster=cluster) if cluster and options.estimate:
            yield "--cluster has no effect with --estimate, which uses this machine"
        case Train(resume=True, tune=0) if PIXELS not in taken_blocks.kinds_of(options):
            yield f"--resume has no effect: {options.classifier} does not train on images"
        case Compare():
            yield from _of_compare(options)


def _of_compare(options: Compare) -> Iterator[str]:
    for name in options.classifying:
        made = taken_blocks.classifier(name, options.set)
        if options.seeds > 1 and not made.uses_seed:
            yield f"--seeds has no effect on {name}, which uses no random numbers"
        kinds = taken_blocks.kinds(made.needs, options)
        if options.metadata and not (is_hybrid(kinds) and "views" in made.get_params()):
            yield f"--metadata has no effect on {name}: only hybrids with a parameter views use it"


def _settings(options: Extraction) -> Iterator[str]:
    """Parameters of `--set` that a flag overrides, or that have no effect on a classifier."""
    for name, given in read_settings(options.set).items():
        if name not in registry.names(models.classifiers):
            if "n_jobs" in given:
                yield f"{name}.n_jobs has no effect: --jobs sets it"
            continue
        if "seed" in given and isinstance(options, Compare):
            yield f"{name}.seed has no effect: --seed and --seeds set it"
        for parameter in given:
            yield from _unmet(
                name, parameter, taken_blocks.classifier(name, options.set).get_params()
            )
        for other in options.classifying:
            if name in _members(taken_blocks.classifier(other, options.set)):
                yield f"{name}.{min(given)} has no effect on the {name} inside {other}"


def _members(classifier: Classifier) -> list[str]:
    """Classifiers that a classifier trains itself, with their defaults."""
    options = classifier.get_params()
    names = options.get("members") or (options.get("member", ""),)
    return [plugin_name(without_seed(each)) for each in names]


def _unmet(name: str, parameter: str, values: dict[str, Any]) -> Iterator[str]:
    other, needed = ONLY_WITH.get(parameter, ("", ()))
    if other in values and values[other] not in needed:
        wanted = " or ".join(f"{name}.{other}={value}" for value in needed)
        yield f"{name}.{parameter} has no effect without {wanted}"


def _default(options: Extraction, name: str) -> Any:
    return type(options).__dataclass_fields__[name].default
