"""Options classes as flags of the command line."""

import inspect
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer
from typer.core import TyperCommand

from datasets import options
from errors import InvalidOption

# Former names of flags, which scripts may still use.
FORMERLY = {
    "explain": {"--films": "--n-images"},
    "serve": {"--max-films": "--max-images"},
}


class Once(TyperCommand):
    """A command that refuses a repeated flag, of which only the last value would count."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The arguments without flags, as typer returns them."""
        *_, given = self.make_parser(ctx).parse_args(args=list(args))
        for item, times in Counter(given).items():
            if times > 1 and not (getattr(item, "multiple", False) or item.is_eager):
                raise InvalidOption(
                    f"{item.opts[0]} must be given once; it came {times} times. Several values go"
                    " into one, as in --set 'cnn.epochs=9 cnn.hidden=64' or --extractors a,b."
                )
        return super().parse_args(ctx, args)


def flags_of(options_class: type) -> list[tuple[Field, Any]]:
    """The fields of an options class, each with its type and its help text."""
    hints = get_type_hints(options_class, include_extras=True)
    return [(item, hints[item.name]) for item in fields(options_class)]


def parameter(item: Field, hint: Any, hidden: Sequence[str]) -> inspect.Parameter:
    """A field for typer: without a plain default it is an argument, unless marked as a flag."""
    text = hint.__metadata__[0]
    default: Any = item.default
    # A switch that is off by default needs no --no- form.
    names = [flag(item.name)] if default is False else []
    look: dict[str, Any] = {"hidden": item.name in hidden, "show_default": False}
    shape: Any = typer.Option(*names, help=text + _shown(default), **look)
    if default is MISSING:
        shape = (typer.Argument if options.is_argument(item) else typer.Option)(help=text)
        default = inspect.Parameter.empty if item.default_factory is MISSING else []
    annotation = Annotated[hint.__origin__, shape]
    kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(item.name, kind, default=default, annotation=annotation)


def flag(name: str) -> str:
    """An option as it is typed."""
    return f"--{name.replace('_', '-')}"


def _shown(default: Any) -> str:
    """The default at the end of the help text; typer would put it on its own line."""
    if isinstance(default, bool) or default in (None, "", MISSING):
        return ""
    inside = isinstance(default, Path) and default.is_relative_to(options.PROJECT)
    return rf" [dim]\[default: {default.relative_to(options.PROJECT) if inside else default}][/dim]"


def switch(name: str, text: str, hidden: bool = False, short: str = "") -> inspect.Parameter:
    """A switch that belongs to no options class."""
    spelt = [flag(name), *filter(None, [short])]
    annotation = Annotated[bool, typer.Option(*spelt, help=text, hidden=hidden)]
    kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(name, kind, default=False, annotation=annotation)


def _log() -> inspect.Parameter:
    text = "Append all messages with their times to this file."
    annotation = Annotated[Path | None, typer.Option("--log", help=text, hidden=True)]
    kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter("log", kind, default=None, annotation=annotation)


# What every command takes on its messages; the program's help names these, not each command's.
MESSAGES = (
    switch("quiet", "Show only warnings, errors and the result.", hidden=True, short="-q"),
    switch("verbose", "Also show what is cached, and how long stages took.", True, "-v"),
    _log(),
)


def messages_of(chosen: dict[str, Any]) -> dict[str, Any]:
    """What was chosen on messages, taken out of all that was chosen, and checked."""
    found = {item.name: chosen.pop(item.name) for item in MESSAGES}
    if found["quiet"] and found["verbose"]:
        raise InvalidOption(
            "--quiet shows less and --verbose shows more; got both. Leave one of them out."
        )
    log = found["log"]
    if log and ((log.exists() and not log.is_file()) or not log.parent.is_dir()):
        raise InvalidOption(
            f"--log must be a file, new or to be continued, in a folder that exists; got {log}."
            " Name another file."
        )
    return found


def renamed(command: str, arguments: Sequence[str]) -> list[str]:
    """The arguments with current names of flags, and a warning for each old name."""
    names = FORMERLY.get(command, {})
    now = []
    for word in arguments:
        name, equals, value = word.partition("=")
        if name in names:
            print(f"warning: {name} is now {names[name]}", file=sys.stderr)
        now.append(names.get(name, name) + equals + value)
    return now
