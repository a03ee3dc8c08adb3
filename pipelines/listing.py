"""`--list-classifiers`, `--list-extractors`, `--list-formats`: every plug-in with its options."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from textwrap import fill
from typing import Any, get_type_hints

import datasets.readers
import features.extractors
import models.classifiers
import registry
from datasets.options import OF_FORMATS, Reading
from pipelines import Result
from pipelines.plugin_sources import Option, Plugin, allowed, described

PACKAGES = {"classifiers": models.classifiers, "extractors": features.extractors}
FORMATS = "formats"
WIDTH = 100
INDENTED: dict[str, Any] = {
    "initial_indent": "  ",
    "subsequent_indent": "    ",
    "break_on_hyphens": False,
    "break_long_words": False,
}


def listed(kinds: Sequence[str]) -> Result:
    """Every plug-in of these kinds as text and JSON, with explained values of options."""
    if FORMATS in kinds:
        return _formats()
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


def _formats() -> Result:
    """Every layout that `--format` takes, and the options that only some of them have."""
    package = datasets.readers
    found = {
        name: described(package.__name__, name).description for name in registry.names(package)
    }
    hints = get_type_hints(Reading, include_extras=True)
    rare = [item for item in fields(Reading) if item.name in OF_FORMATS]
    lines = [f"{name}: {text}" for name, text in found.items()]
    options = {}
    for item in rare:
        names, text = OF_FORMATS[item.name], hints[item.name].__metadata__[0]
        default = item.default or ""
        options[item.name] = {"formats": [*names], "description": text, "default": default}
        of = ", ".join(names) or "any format"
        shown = f"--{item.name.replace('_', '-')} ({of}): {text}"
        lines.append(shown + f" [default: {default}]" * bool(default))
    wrapped = [
        fill(line, WIDTH, subsequent_indent="    ", break_on_hyphens=False) for line in lines
    ]
    return Result("\n".join(wrapped).splitlines(), {FORMATS: found, "options": options})


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
