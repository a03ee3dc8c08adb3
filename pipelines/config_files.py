"""`--config FILE.toml`: options read from a file, and what the file says about its run."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import Field, dataclass, fields, is_dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from types import UnionType
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

import storage
from datasets.options import Reading, is_argument
from errors import InvalidOption, first_line
from inputs import DATA, IMAGES, Expected
from progress import say

SET, DEFAULTS, RUN, INPUTS = TABLES = ("set", "defaults", "run", "inputs")
LARGEST = 10_000_000
IMAGE_DIGESTS = "images.json"
KINDS = {
    str: 'text, such as {0} = "…"',
    Path: 'text, such as {0} = "…"',
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    list: 'a list, such as {0} = ["…"]',
}
SEPARATED = "comma-separated"


@dataclass(frozen=True)
class Config:
    """Options by name, tables of `--set` and of former defaults, and facts about the run."""

    path: Path
    options: Mapping[str, Any]
    tables: Mapping[str, Mapping[str, Any]]

    @property
    def settings(self) -> str:
        """The tables of `[set]` as `--set` takes them."""
        given = self.tables[SET]
        return given if isinstance(given, str) else settings_of(given, self.path)


class Typed(NamedTuple):
    """What would be typed for a file: flags and arguments by option, and the text of `--set`."""

    flags: dict[str, list[str]]
    arguments: dict[str, list[str]]
    settings: str


def read(path: Path, command: str, commands: Mapping[str, type]) -> Config:
    """The options in a file, which must be options of the command."""
    values = _values(path)
    tables = {name: values.pop(name, {}) for name in TABLES}
    for name, table in tables.items():
        if not isinstance(table, dict) and not (name == SET and isinstance(table, str)):
            raise InvalidOption(f"{name} must be a table of {path}; got {table!r}. Write [{name}].")
    written_by = tables[RUN].get("command", command)
    if written_by != command:
        raise InvalidOption(
            f"--config must be a file for `{command}`; `{written_by}` wrote {path}. Type"
            f" `{written_by} --config {path}`."
        )
    known = {item.name: item for item in fields(_class(commands[command]))}
    hints = get_type_hints(commands[command], include_extras=True)
    options = {}
    for key, value in values.items():
        name = key.replace("-", "_")
        if name not in known or name == SET:
            raise InvalidOption(_unknown(key, path, command, commands))
        if name in options:
            raise InvalidOption(f"{path} must set {key} once; it sets it twice. Remove one.")
        options[name] = _checked(key, value, hints[name], path)
    if tables[SET] and SET not in known:
        raise InvalidOption(_unknown(SET, path, command, commands))
    return Config(path, options, tables)


def _class(kind: type) -> Any:
    assert is_dataclass(kind)
    return kind


def _values(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(storage.read_text(path, LARGEST))
    except FileNotFoundError as error:
        raise InvalidOption(
            f"--config must be a TOML file; there is none at {path}. Name a config.toml that a run"
            " wrote, or a file of your own."
        ) from error
    except (ValueError, RecursionError) as error:
        raise InvalidOption(
            f"--config must be a TOML file; {path} is not: {first_line(error)}. Correct it, as in"
            ' data = "FOLDER" or folds = 5.'
        ) from error


def _unknown(key: str, path: Path, command: str, commands: Mapping[str, type]) -> str:
    """An error for a key that is no option of the command, with the nearest that is one."""
    name = key.replace("-", "_")
    names = [item.name for item in fields(_class(commands[command]))]
    near = get_close_matches(name, names, n=1)
    others = [
        other
        for other, kind in commands.items()
        if name in [item.name for item in fields(_class(kind))]
    ]
    whose = f"an option of {' and '.join(others)}, not of {command}" if others else "no option"
    nearest = f"the nearest option of {command} is {near[0]}" if near else "there is none like it"
    return (
        f"{path} may set options of `{command}`; {key} is {whose}, and {nearest}. Correct it, or"
        " remove it."
    )


def _checked(key: str, value: Any, hint: Any, path: Path) -> Any:
    """A value of the type of its option; a list of names becomes text between commas."""
    kind = hint.__origin__
    kind = get_args(kind)[0] if isinstance(kind, UnionType) else get_origin(kind) or kind
    texts = isinstance(value, list) and all(isinstance(each, str) for each in value)
    if kind is str and texts and SEPARATED in hint.__metadata__[0]:
        return ",".join(value)
    if kind is str and type(value) is int:
        return str(value)
    wanted: Any = {Path: str, float: (int, float)}.get(kind, kind)
    fits = texts if kind is list else isinstance(value, wanted)
    if not fits or (isinstance(value, bool) and kind is not bool):
        raise InvalidOption(
            f"{key} in {path} must be {KINDS[kind].format(key)}; got {value!r}. Correct it."
        )
    return value


def settings_of(tables: Mapping[str, Any], path: Path) -> str:
    """`{"cnn": {"epochs": 9}}` as `cnn.epochs=9`."""
    words = []
    for plugin, table in tables.items():
        if not isinstance(table, dict):
            raise InvalidOption(
                f"[set] in {path} must have a table for each plug-in; {plugin} is {table!r}. Write,"
                " for example, [set.cnn] and below it epochs = 9."
            )
        for parameter, value in table.items():
            text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
            if not text or text.split() != [text]:
                raise InvalidOption(
                    f"Values of [set] in {path} must be numbers or text without blanks;"
                    f" {plugin}.{parameter} is {value!r}. Correct it."
                )
            words.append(f"{plugin}.{parameter}={text}")
    return " ".join(words)


def typed(path: Path, command: str, commands: Mapping[str, type]) -> Typed:
    """What would be typed for the options in a file."""
    config = read(path, command, commands)
    made = Typed({}, {}, config.settings)
    for item in fields(_class(commands[command])):
        if item.name in config.options:
            value = config.options[item.name]
            if is_argument(item):
                made.arguments[item.name] = _several(value)
            else:
                made.flags[item.name] = _flags(item, value)
    return made


def _flags(item: Field[Any], value: Any) -> list[str]:
    flag = f"--{item.name.replace('_', '-')}"
    if isinstance(value, bool):
        return [flag] if value else [flag.replace("--", "--no-", 1)] * (item.default is True)
    return [f"{flag}={each}" for each in _several(value) if each != "" or item.default is not None]


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def expected(config: Config, options: Any) -> Expected:
    """The inputs of the run that wrote a file, less the data if they are read in another way."""
    tables = dict(config.tables[INPUTS])
    changed = [
        item.name.replace("_", "-")
        for item in fields(Reading)
        if isinstance(options, Reading) and _differs(options, config, item.name)
    ]
    if changed and tables:
        say(
            f"--{' and --'.join(changed)} differs from {config.path}, so the images are not"
            " compared with those of its run"
        )
        tables = {name: table for name, table in tables.items() if name not in (DATA, IMAGES)}
    images = _image_digests(config.path.with_name(IMAGE_DIGESTS)) if IMAGES in tables else {}
    return Expected(tables, images, config.path)


def _differs(options: Any, config: Config, name: str) -> bool:
    now, then = getattr(options, name), config.options.get(name)
    then = Path(then) if isinstance(now, Path) and then else then
    return name in config.options and (now or None) != (then or None)


def _image_digests(path: Path) -> dict[str, str]:
    """The digest of each image by id; {} if the file is not there or damaged."""
    try:
        digests = json.loads(storage.read_text(path))
    except (OSError, ValueError, RecursionError):
        return {}
    return digests if isinstance(digests, dict) else {}


def with_former_defaults(options: Any, config: Config, known: Mapping[str, Any]) -> Any:
    """The options with defaults of plug-ins that have changed since the file was written."""
    former = {
        plugin: {name: value for name, value in table.items() if known[plugin].get(name) != value}
        for plugin, table in config.tables[DEFAULTS].items()
        if plugin in known
    }
    words = settings_of(former, config.path)
    if not words:
        return options
    say(f"defaults have changed since {config.path} was written; it is followed: {words}")
    return replace(options, set=f"{words} {options.set}".strip())
