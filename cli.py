"""`python cli.py COMMAND`: parse flags, call one pipeline, print what it gives back."""

import importlib
import inspect
import json
import sys
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from errors import HybridError
from pipelines import options

COMMANDS = {"data": options.Data}
FAILED = 2

app = typer.Typer(
    help="Do hand-crafted local features add anything to a CNN on multi-label chest X-rays, how"
    " sure are we, and where does each side look? Research use only.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def root() -> None:
    """Keep `cli.py COMMAND` even while there is a single command."""


def add_command(name: str, options_class: type) -> None:
    """A command whose flags are the fields of its options class."""

    def call(**flags: Any) -> None:
        as_json = flags.pop("json")
        result = importlib.import_module(f"pipelines.{name}").run(options_class(**flags))
        print(json.dumps(result.values, indent=1) if as_json else result.text)
        raise typer.Exit(result.exit_code)

    signature = inspect.Signature([*_parameters(options_class), _flag("json", bool, False, JSON)])
    vars(call)["__signature__"] = signature
    call.__annotations__ = {name: item.annotation for name, item in signature.parameters.items()}
    app.command(name, help=inspect.getdoc(options_class))(call)


JSON = "Print the result as JSON."


def _parameters(options_class: type) -> list[inspect.Parameter]:
    hints = get_type_hints(options_class, include_extras=True)
    return [
        _flag(
            item.name, hints[item.name].__origin__, item.default, hints[item.name].__metadata__[0]
        )
        for item in fields(options_class)
    ]


def _flag(name: str, kind: Any, default: Any, text: str) -> inspect.Parameter:
    """A field as typer sees it: one without a default is an argument, any other an option."""
    if default is MISSING:
        annotation, default = Annotated[kind, typer.Argument(help=text)], inspect.Parameter.empty
    else:
        shown = _shown(default)
        annotation = Annotated[kind, typer.Option(help=text, show_default=shown)]
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation
    )


def _shown(default: Any) -> str | bool:
    inside = isinstance(default, Path) and default.is_relative_to(options.PROJECT)
    return str(default.relative_to(options.PROJECT)) if inside else True


for command, options_class in COMMANDS.items():
    add_command(command, options_class)


def main(arguments: list[str] | None = None) -> int:
    """Exit code of one command line: 0 done, 1 films were skipped, 2 a clear error."""
    try:
        app(arguments, prog_name="python cli.py")
    except SystemExit as stop:
        return int(stop.code or 0)
    except HybridError as error:
        print(f"error: {error}", file=sys.stderr)
    return FAILED


if __name__ == "__main__":
    sys.exit(main())
