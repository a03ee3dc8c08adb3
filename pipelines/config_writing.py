"""The `config.toml` of a run, which repeats it: every option, the version, digests of inputs."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

import features.extractors
import models.classifiers
import registry
import storage
from datasets.options import VERSION
from escapes import visible
from features.settings import read_settings
from inputs import Seen
from models.named import plugin_name
from pipelines.config_files import DEFAULTS, IMAGE_DIGESTS, INPUTS, RUN, SET
from pipelines.extractor_names import extractors_listed
from pipelines.named_networks import OWN
from pipelines.plugin_sources import described

CONFIG = "config.toml"
# Where a run writes, and whether it continues another, is no part of what is repeated.
LEFT_OUT = ("out", "resume", SET)
# These change no result, so only a choice of the user's is worth repeating.
IF_CHOSEN = ("cache", "jobs")
SECRET_NAMES = ("token",)
# A password in an address, or a signature in its query.
SECRET = re.compile(
    r"://[^/\s]*@|[?&][\w-]*(?:token|key|secret|password|credential|sig|signature)=", re.IGNORECASE
)
# Parameters of plug-ins that flags set, or that change no result.
BY_FLAGS = ("seed", "n_jobs", "weights", "precision", "backbone", "device", "use_cluster")
PACKAGES = (features.extractors, models.classifiers)
BARE = re.compile(r"[\w-]+", re.ASCII)


def write(command: str, options: Any, seen: Seen) -> Path:
    """`config.toml` in the run's folder, with `images.json` where image files were read."""
    path: Path = options.out / CONFIG
    digests = path.with_name(IMAGE_DIGESTS)
    if seen.images:
        storage.write_text(digests, json.dumps(seen.images, indent=0))
    else:
        digests.unlink(missing_ok=True)
    storage.write_text(path, "\n".join(_lines(command, options, seen)) + "\n")
    return path


def _lines(command: str, options: Any, seen: Seen) -> Iterator[str]:
    path = visible(str(options.out / CONFIG)).encode(errors="replace").decode()
    yield f"# Repeat this run: python cli.py {command} --config {shlex.quote(path)}"
    for item in fields(options):
        value = getattr(options, item.name)
        chosen = item.name not in IF_CHOSEN or value != item.default
        if item.name not in LEFT_OUT and chosen:
            yield _line(item.name, value)
    for plugin, parameters in read_settings(getattr(options, SET, "")).items():
        yield from _table((SET, plugin), {key: _plain(text) for key, text in parameters.items()})
    for plugin, defaults in defaults_of(options).items():
        yield from _table((DEFAULTS, plugin), defaults)
    written = {"command": command, "version": VERSION, "date": f"{datetime.now():%Y-%m-%d %H:%M}"}
    yield from _table((RUN,), written)
    for kind, digests in seen.tables.items():
        yield from _table((INPUTS, kind), digests)


def _line(name: str, value: Any) -> str:
    """`name = value`, or a comment where the value is secret or no text."""
    if name in SECRET_NAMES or any(map(SECRET.search, map(str, _several(value)))):
        return f"# {name} is not written, because it may hold a password"
    try:
        line = f"{_key(name)} = {_value(value)}"
        line.encode()
    except UnicodeEncodeError:
        return f"# {name} is not written, because it is not valid Unicode"
    return line


def _several(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


def _table(names: tuple[str, ...], values: Mapping[str, Any]) -> Iterator[str]:
    """A table under its heading."""
    yield ""
    yield f"[{'.'.join(map(_key, names))}]"
    for name, value in values.items():
        yield _line(name, value)


def _key(name: str) -> str:
    return name if BARE.fullmatch(name) else _text(name)


def _text(text: str) -> str:
    """A basic string: those of JSON are the same but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def _value(value: Any) -> str:
    """A value as TOML; what is not set is empty text."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    return _text("" if value is None else str(value))


def _plain(text: str) -> Any:
    """The number in a text that is written in the same way, else the text."""
    for kind in (int, float):
        try:
            if str(kind(text)) == text:
                return kind(text)
        except ValueError:
            continue
    return text


def defaults_of(options: Any) -> dict[str, dict[str, Any]]:
    """The defaults of the plug-ins that a command uses, which a later version may change."""
    extractors = extractors_listed(getattr(options, "extractors", ""))
    asked = [*extractors, *map(plugin_name, getattr(options, "classifying", ()))]
    asked += [OWN.get(Path(file).suffix, "") for file in getattr(options, "network", ())]
    if hasattr(options, "detector"):
        asked.append(f"{options.detector}_words")
    used = {name: package for package in PACKAGES for name in registry.names(package)}
    return {name: plugin_defaults(used[name].__name__, name) for name in asked if name in used}


def plugin_defaults(package: str, name: str) -> dict[str, Any]:
    """The defaults of a plug-in that no flag sets, as TOML holds them."""
    return {
        key: list(option.default) if isinstance(option.default, tuple) else option.default
        for key, option in described(package, name).options.items()
        if key not in BY_FLAGS and option.default is not None
    }
