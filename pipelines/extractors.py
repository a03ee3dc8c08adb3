"""The extractors that a command's options ask for, made but not yet fitted."""

import ast
from typing import Any

import features.extractors
import registry
from errors import InvalidOption
from pipelines.options import Extract

OWN_NETWORK = "keras_file"

Settings = dict[str, dict[str, str]]


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
    extractor = registry.load(features.extractors, name)(**options)
    known = extractor.get_params()
    for parameter, text in read_settings(settings).get(name, {}).items():
        if parameter not in known:
            raise InvalidOption(
                f"--set takes parameters of {name}: {', '.join(known)}; got {parameter!r}."
            )
        extractor.set_params(**{parameter: _value(text, known[parameter], f"{name}.{parameter}")})
    return extractor


def is_deep(name: str) -> bool:
    """Whether an extractor is a network."""
    return hasattr(registry.load(features.extractors, name), "transform_images")


def read_settings(text: str) -> Settings:
    """`--set` as parameters by extractor."""
    settings: Settings = {}
    for item in text.split():
        target, equals, value = item.partition("=")
        name, dot, parameter = target.partition(".")
        if not (equals and dot):
            raise InvalidOption(
                f"--set takes EXTRACTOR.PARAMETER=VALUE, separated by spaces; got {item!r}."
            )
        settings.setdefault(name, {})[parameter] = value
    return settings


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
    unused = set(read_settings(options.set)) - set(made)
    if unused:
        raise InvalidOption(
            f"--set takes parameters of extractors that are asked for ({', '.join(made)}); got"
            f" {', '.join(sorted(unused))}. Add it to --extractors."
        )
    if options.backbone and not any(map(is_deep, made)):
        raise InvalidOption(
            f"--backbone takes the place of a network among --extractors; {options.extractors} has"
            " none. Add one, such as resnet50."
        )


def _value(text: str, default: Any, target: str) -> Any:
    """The text as a value of the default's kind."""
    if isinstance(default, str):
        return text
    kind = type(default)
    try:
        value = ast.literal_eval(text)
        return (value if isinstance(value, tuple) else (value,)) if kind is tuple else kind(value)
    except (ValueError, SyntaxError, TypeError) as error:
        raise InvalidOption(
            f"--set {target} takes a value like {default!r}; got {text!r}."
        ) from error
