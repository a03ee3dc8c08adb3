"""`python cli.py COMMAND`: parse flags, call one pipeline, print what it gives back."""

import importlib
import inspect
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

import storage
from datasets.options import Reading
from errors import HybridError
from escapes import visible
from pipelines import bundle_options, options

COMMANDS = {
    "data": options.Data,
    "extract": options.Extract,
    "keypoints": options.Keypoints,
    "train": options.Train,
    "compare": options.Compare,
    "score": options.Score,
    "explain": bundle_options.Explain,
    "localize": bundle_options.Localize,
    "predict": bundle_options.Predict,
    "serve": bundle_options.Serve,
    "cache": options.Cache,
}
FAILED = 2
# How films are read; the help of every other command leaves it to `data`, to fit a screen.
TOLD_BY_DATA = [item.name for item in fields(Reading) if item.name not in ("data", "split", "seed")]


def application(names: Iterable[str]) -> typer.Typer:
    """These commands; one alone is spoken to without its name."""
    app = typer.Typer(
        help="Do hand-crafted local features add anything to a CNN on multi-label chest X-rays, how"
        " sure are we, and where does each side look? Research use only.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    for name in names:
        _add_command(app, name, COMMANDS[name])
    return app


def _add_command(app: typer.Typer, name: str, options_class: type) -> None:
    """A command whose flags are the fields of its options class."""

    def call(**flags: Any) -> None:
        as_json = flags.pop("json")
        with storage.told():
            result = importlib.import_module(f"pipelines.{name}").run(options_class(**flags))
        print(json.dumps(result.values, indent=1) if as_json else result.text)
        raise typer.Exit(result.exit_code)

    reads = issubclass(options_class, Reading) and name != "data"
    hidden = TOLD_BY_DATA if reads else []
    parameters = [_parameter(item, hint, hidden) for item, hint in flags_of(options_class)]
    vars(call)["__signature__"] = inspect.Signature([*parameters, AS_JSON])
    call.__annotations__ = {item.name: item.annotation for item in [*parameters, AS_JSON]}
    app.command(name, help=inspect.getdoc(options_class), epilog=ELSEWHERE if reads else None)(call)


def flags_of(options_class: type) -> list[tuple[Field, Any]]:
    """The fields of an options class, each with its type and its help text."""
    hints = get_type_hints(options_class, include_extras=True)
    return [(item, hints[item.name]) for item in fields(options_class)]


def _parameter(item: Field, hint: Any, hidden: Sequence[str]) -> inspect.Parameter:
    """A field as typer sees it: one without a plain default is an argument unless marked a flag."""
    text = hint.__metadata__[0]
    default: Any = item.default
    # A switch that is off need not be switched off.
    names = [_flag(item.name)] if default is False else []
    told: dict[str, Any] = {"hidden": item.name in hidden, "show_default": False}
    shape: Any = typer.Option(*names, help=text + _shown(default), **told)
    if default is MISSING:
        shape = (typer.Argument if options.is_argument(item) else typer.Option)(help=text)
        default = inspect.Parameter.empty if item.default_factory is MISSING else []
    annotation = Annotated[hint.__origin__, shape]
    kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(item.name, kind, default=default, annotation=annotation)


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _shown(default: Any) -> str:
    """The default as part of the help text, which typer would give a line of its own."""
    if isinstance(default, bool) or default in (None, "", MISSING):
        return ""
    inside = isinstance(default, Path) and default.is_relative_to(options.PROJECT)
    return rf" [dim]\[default: {default.relative_to(options.PROJECT) if inside else default}][/dim]"


ELSEWHERE = f"How films are read, by {_flag(TOLD_BY_DATA[0])} and others: see `data --help`."
AS_JSON = inspect.Parameter(
    "json",
    inspect.Parameter.KEYWORD_ONLY,
    default=False,
    annotation=Annotated[bool, typer.Option("--json", help="Print the result as JSON.")],
)


def main(arguments: Sequence[str]) -> int:
    """Exit code of one command line: 0 done, 1 films were skipped, 2 a clear error."""
    # One command alone: typer then answers `--help` without importing pydantic.
    asked = [word for word in arguments[:1] if word in COMMANDS]
    app = application(asked or COMMANDS)
    try:
        app(arguments[len(asked) :], prog_name=" ".join(["python cli.py", *asked]))
    except SystemExit as stop:
        return int(stop.code or 0)
    except HybridError as error:
        print(f"error: {visible(str(error))}", file=sys.stderr)
    return FAILED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
