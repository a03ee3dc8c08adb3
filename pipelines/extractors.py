"""The extractors that a command's options ask for, made but not yet fitted."""

from typing import Any

import features.extractors
import registry
from errors import InvalidOption
from pipelines.options import Extract
from pipelines.settings import read_settings, with_settings

OWN_NETWORK = "keras_file"


def build(options: Extract, allow_random: bool) -> dict[str, Any]:
    """Extractors by name, in the order asked for; random weights only where they are allowed."""
    made: dict[str, Any] = {}
    for name in dict.fromkeys(part.strip() for part in options.extractors.split(",")):
        if is_deep(name):
            name, extractor = _deep(name, options, allow_random)
            made[name] = extractor
        else:
            made[name] = make(name, options.set)
    _check_used(options, made)
    return made


def make(name: str, settings: str, **options: Any) -> Any:
    """One extractor with its options and what `--set` says of it."""
    return with_settings(registry.load(features.extractors, name)(**options), name, settings)


def is_deep(name: str) -> bool:
    """Whether an extractor is a network."""
    return hasattr(registry.load(features.extractors, name), "transform_images")


def _deep(name: str, options: Extract, allow_random: bool) -> tuple[str, Any]:
    """A network under the name it really has: `--backbone` and a file's own network replace it."""
    from features import backbone

    weights = options.weights
    if options.backbone.endswith(".keras"):
        name, weights = OWN_NETWORK, options.backbone
    elif options.backbone:
        name = options.backbone
    name = backbone.extractor_for(name, weights)
    size = options.image_size or None
    extractor = make(
        name, options.set, weights=weights, image_size=size, precision=options.precision
    )
    return name, backbone.with_weights(extractor, allow_random=allow_random)


def _check_used(options: Extract, made: dict[str, Any]) -> None:
    known = [*made, *options.classifying]
    unused = sorted(set(read_settings(options.set)) - set(known))
    if unused:
        raise InvalidOption(
            f"--set takes parameters of what is asked for ({', '.join(known)}); got"
            f" {', '.join(unused)}. Add it to --extractors."
        )
    if options.backbone and not any(map(is_deep, made)):
        raise InvalidOption(
            f"--backbone takes the place of a network among --extractors; {options.extractors} has"
            " none. Add one, such as resnet50."
        )
