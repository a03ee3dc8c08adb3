"""Options classes as flags of the command line."""

import inspect
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer
from typer.core import TyperCommand

from datasets import options
from errors import InvalidOption
from inference.bundle_options import Judged
from pipelines import completion
from pipelines.command_options import Differences
from pipelines.config_files import Typed
from pipelines.tuning_options import Tuning

# Former names of flags, which scripts may still use.
FORMERLY = {
    "explain": {"--films": "--n-images"},
    "serve": {"--max-films": "--max-images"},
}


TYPED = (str, bool, list, tuple)

READING = [
    item.name for item in fields(options.Reading) if item.name not in ("data", "split", "seed")
]
DRAWING = [item.name for item in fields(options.Figures)]
TESTING = [item.name for item in fields(Differences)]
EMBEDDING = [item.name for item in fields(options.Embedded)]
PRETRAINING = [item.name for item in fields(options.Pretraining)]
# Options of a command that few runs need.
SPECIAL = {
    "compare": [
        *("also", "leave_site_out", "tta"),
        *(item.name for item in (*fields(options.Elsewhere), *fields(Tuning))),
        *(item.name for item in fields(options.Sturdy)),
    ],
    "score": [
        *("failures", "audit", "corrections", *DRAWING),
        *(item.name for item in fields(Judged) if item.name not in ("bundle", "data")),
    ],
    "localize": ["lungs"],
    "train": [item.name for item in (*fields(options.Pooled), *fields(Tuning))],
}


class Once(TyperCommand):
    """A command that refuses a repeated flag, and takes what is not typed from `--config`."""

    @staticmethod
    def configured(path: Path) -> Typed:
        """What would be typed for a file; subclasses read it."""
        return Typed({}, {}, "")

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The arguments without flags, as typer returns them."""
        if "--help-all" in args:
            for item in self.params:
                vars(item)["hidden"] = False
            args = ["--help"]
        values, _, given = self.make_parser(ctx).parse_args(args=list(args))
        for item, times in Counter(given).items():
            if times > 1 and not (getattr(item, "multiple", False) or item.is_eager):
                raise InvalidOption(
                    f"{item.opts[0]} must be given once; it came {times} times. Several values go"
                    " into one, as in --set 'cnn.epochs=9 cnn.hidden=64' or --extractors a,b."
                )
        # An argument that is not typed has a value of another type.
        typed = {item.name: values[item.name] for item in given if item.name in values}
        typed = {name: value for name, value in typed.items() if isinstance(value, TYPED)}
        if path := typed.get("config"):
            args = _joined(args, typed, self.configured(Path(path)))
        return super().parse_args(ctx, args)


def once(configured: Callable[[Path], Typed]) -> type[Once]:
    """The class of a command that reads `--config` in this way."""
    return type("Configured", (Once,), {"configured": staticmethod(configured)})


def _joined(args: Sequence[str], typed: Mapping[str, Any], file: Typed) -> list[str]:
    """The words typed, and those of a file for options that are not typed; `--set` joins both."""
    flags = [word for name, words in file.flags.items() if name not in typed for word in words]
    if file.settings:
        # Of two values the last counts, for a flag as for one parameter.
        flags.append(f"--set={file.settings} {typed.get('set', '')}".strip())
    end = args.index("--") if "--" in args else len(args)
    arguments = [
        word for name, words in file.arguments.items() if name not in typed for word in words
    ]
    rest = [*args[end:]] or ["--"] * bool(arguments)
    return [*args[:end], *flags, *rest, *arguments]


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
    look["autocompletion"] = completion.values_of(item.name)
    if hint.__origin__ == list[str]:
        # The type of a list would widen its column for all options.
        look["metavar"] = "<str>"
    shape: Any = typer.Option(*names, help=text + _shown(default), **look)
    if default is MISSING:
        argument = options.is_argument(item)
        shape = typer.Argument(help=text) if argument else typer.Option(help=text, **look)
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


def left_out(name: str, options_class: type) -> tuple[list[str], str | None]:
    """The options that `--help` of a command leaves out, so that it fits a screen, and its end.

    `--help-all` lists them; so does `--help` of the command that an option belongs to first.
    """
    reads = issubclass(options_class, options.Reading) and name != "data"
    draws = issubclass(options_class, options.Figures) and name != "score"
    tests = issubclass(options_class, Differences) and name != "score"
    embeds = issubclass(options_class, options.Embedded) and name != "extract"
    rare = [*options.OF_FORMATS] * issubclass(options_class, options.Reading)
    # The help of the first names the second.
    rare += (EMBEDDING + PRETRAINING) * embeds + PRETRAINING[1:]
    names = READING * reads + DRAWING * draws + TESTING * tests + rare + SPECIAL.get(name, [])
    hidden = [item.name for item in fields(options_class) if item.name in names]
    # The help of `--format` names the list of its options.
    return hidden, "More options: `--help-all`." if {*hidden} - options.OF_FORMATS.keys() else None


def switch(name: str, text: str, hidden: bool = False, short: str = "") -> inspect.Parameter:
    """A switch that belongs to no options class."""
    spelt = [flag(name), *filter(None, [short])]
    annotation = Annotated[bool, typer.Option(*spelt, help=text, hidden=hidden)]
    kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(name, kind, default=False, annotation=annotation)


def file_flag(name: str, text: str) -> inspect.Parameter:
    """A flag with a file that belongs to no options class; the program's help names it."""
    annotation = Annotated[Path | None, typer.Option(flag(name), help=text, hidden=True)]
    kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(name, kind, default=None, annotation=annotation)


AS_JSON = switch("json", "Print JSON. Also: --config FILE, -q, -v, --log FILE.")
CONFIG = file_flag("config", "TOML file with options; flags that you type come first.")
# What every command takes on its messages; the program's help names these, not each command's.
MESSAGES = (
    switch("quiet", "Show only warnings, errors and the result.", hidden=True, short="-q"),
    switch("verbose", "Also show what is cached, and how long stages took.", True, "-v"),
    file_flag("log", "Append all messages with their times to this file."),
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
