"""The options of networks: one value for all, or one for each by name; files as networks."""

import re
from collections.abc import Sequence
from pathlib import Path

import features.extractors
import registry
from errors import InvalidOption
from models.views import KINDS
from pipelines.command_options import Extraction

# The extractor of a file that holds a whole network, by the end of its name.
OWN = {".keras": "keras_file", ".onnx": "onnx_file"}
BLOCK = re.compile(r"[A-Za-z]\w*", re.ASCII)
# What a flag is without a value, by its option.
WITHOUT = {"weights": "auto", "image_size": "0"}


def files(options: Extraction) -> dict[str, str]:
    """The files of `--network` by the names of their blocks."""
    found: dict[str, str] = {}
    for typed in options.network:
        name, _, file = typed.partition("=")
        if not BLOCK.fullmatch(name) or Path(file).suffix not in OWN:
            raise InvalidOption(
                "--network takes NAME=FILE, a name of letters, digits and underscores and a .keras"
                f" or .onnx file; got {typed!r}. Type, for example, --network rad_dino=FILE.onnx."
            )
        if name in found or name in (*KINDS, *registry.names(features.extractors)):
            raise InvalidOption(
                f"--network must give each block a name of its own; {name!r} is taken. Type, for"
                f" example, --network my_{name}={file}."
            )
        found[name] = file
    return found


def network_files(options: Extraction) -> list[str]:
    """All that may be a file of a network or its weights."""
    weights = _by_name(options.weights).values() or [options.weights]
    return [*weights, options.backbone, *files(options).values()]


def is_by_name(text: str) -> bool:
    """Whether the text of an option has a value for each network by name."""
    name, equals, _ = text.partition("=")
    return bool(equals and BLOCK.fullmatch(name))


def value_of(option: str, name: str, options: Extraction) -> str:
    """The value of an option for one network."""
    text: str = getattr(options, option)
    return _by_name(text).get(name, WITHOUT[option]) if is_by_name(text) else text


def size_of(name: str, options: Extraction) -> int | None:
    """The image size asked for one network; None for its own."""
    text = value_of("image_size", name, options)
    if not text.isdecimal():
        raise InvalidOption(
            f"--image-size takes a number of pixels, or one for each network; got {text!r}. Type,"
            " for example, --image-size 320 or --image-size resnet50=320,densenet121=224."
        )
    return int(text) or None


def check_names(networks: Sequence[str], sized: Sequence[str], options: Extraction) -> None:
    """Refuse a weight or size for a network that is not used; files bring their own weights."""
    for option, known in {"weights": networks, "image_size": sized}.items():
        unused = [name for name in _by_name(getattr(options, option)) if name not in known]
        if unused:
            raise InvalidOption(
                f"--{option.replace('_', '-')} takes values for the networks in use"
                f" ({', '.join(known) or 'none'}); got {', '.join(unused)}. Correct the name, or"
                " leave it out."
            )


def _by_name(text: str) -> dict[str, str]:
    """The values of an option by network; {} if one value is for all."""
    if not is_by_name(text):
        return {}
    pairs = [each.partition("=") for each in text.split(",")]
    return {name.strip(): value.strip() for name, _, value in pairs}
