"""`--list-classifiers` and `--list-extractors`: every plug-in with its options and defaults."""

from collections.abc import Iterator, Sequence
from textwrap import fill
from typing import Any

import features.extractors
import models.classifiers
import registry
from pipelines import Result
from pipelines.plugin_sources import Option, Plugin, allowed, described

PACKAGES = {"classifiers": models.classifiers, "extractors": features.extractors}
WIDTH = 100
INDENTED: dict[str, Any] = {
    "initial_indent": "  ",
    "subsequent_indent": "    ",
    "break_on_hyphens": False,
    "break_long_words": False,
}


def listed(kinds: Sequence[str]) -> Result:
    """Every plug-in of these kinds as text and JSON, with explained values of options."""
    by_kind = {kind: _plugins(kind) for kind in kinds}
    plugins = [item for each in by_kind.values() for item in each.items()]
    used = {option for _, each in plugins for option in each.options}
    explained = {
        option: values
        for option, values in sorted(allowed().items())
        if option in used and all(values.values())
    }
    lines = [line for name, each in plugins for line in _lines(name, each)]
    for option, values in explained.items():
        lines.append(f"Values of {option}")
        lines += [fill(f"{name}: {line}", WIDTH, **INDENTED) for name, line in values.items()]
    lines.append('Set options by --set "NAME.OPTION=VALUE NAME.OPTION=VALUE".')
    listed = {
        kind: {name: _as_json(each) for name, each in own.items()} for kind, own in by_kind.items()
    }
    return Result(lines, listed | {"values": explained})


def _plugins(kind: str) -> dict[str, Plugin]:
    package = PACKAGES[kind]
    return {name: described(package.__name__, name) for name in registry.names(package)}


def _lines(name: str, plugin: Plugin) -> Iterator[str]:
    yield from fill(f"{name}: {plugin.description}", WIDTH, subsequent_indent="  ").splitlines()
    # A line must not break at a space within an option.
    options = [_shown(*each).replace(" ", "\0") for each in plugin.options.items()]
    for line in fill(", ".join(options), WIDTH, **INDENTED).splitlines():
        yield line.replace("\0", " ")


def _shown(name: str, option: Option) -> str:
    """`loss=bce (bce, focal or hybrid)`."""
    several = isinstance(option.default, tuple)
    default = ",".join(map(str, option.default)) if several else option.default
    *most, last = option.values or [""]
    values = f" ({', '.join(most)} or {last})" if most else ""
    return f"{name}={default}{values}"


def _as_json(plugin: Plugin) -> dict[str, Any]:
    options = {
        name: {"default": option.default} | ({"values": [*option.values]} if option.values else {})
        for name, option in plugin.options.items()
    }
    return {"description": plugin.description, "options": options}
