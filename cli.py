"""`python cli.py COMMAND`: parse flags, call one pipeline, print its result."""

import importlib
import inspect
import json
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.completion import completion_init

import progress
import storage
from datasets.options import VERSION
from errors import HybridError
from escapes import visible, visible_lines
from flags import (
    AS_JSON,
    CONFIG,
    MESSAGES,
    flags_of,
    left_out,
    messages_of,
    once,
    parameter,
    renamed,
    switch,
)
from inference import bundle_options
from pipelines import command_options, completion, config_files
from serving import serve_options

COMMANDS = {
    "data": command_options.Data,
    "extract": command_options.Extract,
    "keypoints": command_options.Keypoints,
    "train": command_options.Train,
    "compare": command_options.Compare,
    "score": command_options.Score,
    "explain": bundle_options.Explain,
    "localize": bundle_options.Localize,
    "predict": bundle_options.Predict,
    "robustness": bundle_options.Robustness,
    "serve": serve_options.Serve,
    "cache": command_options.Cache,
    "runs": command_options.Runs,
}
OUT_OF_MEMORY = (
    "This run needs more memory than the machine has left. Close other programs, use fewer --jobs,"
    " smaller images or fewer extractors, or use a larger machine."
)
A_BUG = (
    "This is a bug in the program, not your mistake. Please report it with the lines above, your"
    " command and the output of `pip list`; leave out patient data."
)
FAILED, BUG, INTERRUPTED, NO_READER = 2, 70, 130, 141
ON_MESSAGES = (
    "Every command also takes -q or --quiet (only warnings, errors and the result), -v or --verbose"
    " (what is cached, how long stages took), --log FILE (all messages with their times) and"
    " --config FILE.toml (options from a file, such as the config.toml of a run)."
)
EXIT_CODES = "Exit codes: 0 done, 1 images skipped, 2 error, 70 bug, 130 interrupted."


def application(names: Iterable[str]) -> typer.Typer:
    """The application with these commands; a single one needs no name."""
    app = typer.Typer(
        help="Measure what hand-crafted local features add to a CNN on multi-label chest X-rays,"
        " with uncertainty, and show where each model looks. Research use only.",
        epilog=f"{ON_MESSAGES}\n\n{EXIT_CODES}",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    for name in names:
        _add_command(app, name, COMMANDS[name])
    if names is COMMANDS:
        app.callback()(_root)
    return app


def _print_version(asked: bool) -> None:
    if asked:
        _print(f"Hybrid CXR {VERSION}")
        raise typer.Exit


def _install_completion(asked: bool) -> None:
    if asked:
        with storage.disk_errors():
            _print("\n".join(completion.install(Path.home())))
        raise typer.Exit


def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
    install_completion: Annotated[
        bool,
        typer.Option(
            "--install-completion",
            callback=_install_completion,
            is_eager=True,
            help="Have bash complete commands, flags and names of plug-ins, and exit.",
        ),
    ] = False,
) -> None:
    """Take the options that belong to no command."""


def _add_command(app: typer.Typer, name: str, options_class: type) -> None:
    """A command whose flags are the fields of its options class."""
    listings = _listings(options_class)

    def call(**flags: Any) -> None:
        as_json = flags.pop("json")
        asked = [kind for kind, item in listings.items() if flags.pop(item.name)]
        messages, config = messages_of(flags), flags.pop("config")

        def work() -> int:
            with storage.disk_errors():
                result = _listed(asked) if asked else _run(name, options_class(**flags), config)
            text = json.dumps(result.values, indent=1) if as_json else result.text
            progress.record(text)
            return int(result.exit_code) if _print(text) else NO_READER

        # Here, since typer ends some errors with 1, which means that images were skipped.
        with storage.disk_errors(), progress.showing(**messages):
            # Without its arguments, since one of them may be a token.
            progress.record(f"python cli.py {name}, version {VERSION}")
            code = exit_code_of(work)
            progress.record(f"exit code {code}")
        raise typer.Exit(code)

    hidden, epilog = left_out(name, options_class)
    parameters = [parameter(item, hint, hidden) for item, hint in flags_of(options_class)]
    parameters += [*listings.values(), AS_JSON, CONFIG, *MESSAGES]
    vars(call)["__signature__"] = inspect.Signature(parameters)
    call.__annotations__ = {item.name: item.annotation for item in parameters}
    words = once(partial(config_files.typed, command=name, commands=COMMANDS))
    app.command(name, cls=words, help=inspect.getdoc(options_class), epilog=epilog)(call)


def _run(name: str, chosen: Any, config: Path | None) -> Any:
    """The result of a command, which must read what the run of `--config` has read."""
    # A server waits for most of its time, which is no progress.
    with nullcontext() if name == "serve" else progress.stage(name):
        progress.step("loading libraries")
        command = importlib.import_module(f"pipelines.{name}")
        progress.step("")
        if config is None:
            return command.run(chosen)
        recorded = importlib.import_module("pipelines.recorded")
        with recorded.repeating(name, COMMANDS, config, chosen) as options:
            return command.run(options)


def _listed(kinds: Sequence[str]) -> Any:
    """The plug-ins of these kinds, with their options."""
    return importlib.import_module("pipelines.listing").listed(kinds)


def _listings(options_class: type) -> dict[str, inspect.Parameter]:
    """The switches that list plug-ins instead of running the command, by kind."""
    names = {item.name for item in fields(options_class)}
    kinds = {"classifiers": {"classifier", "classifiers"}}
    kinds |= {"extractors": {"extractors"}, "formats": {"format"}}
    return {
        # The help of the flag that takes a plug-in names it, so that help fits a screen.
        kind: switch(f"list_{kind}", f"List {kind} with their options, and exit.", hidden=True)
        for kind, flags in kinds.items()
        if names & flags
    }


def _complain(text: str) -> None:
    """Print to standard error, whatever is shown of other messages."""
    print(text, file=sys.stderr)
    progress.record(text)


def exit_code_of(work: Callable[[], int]) -> int:
    """The result of the work, or the exit code of the error that ended it, which is printed."""
    try:
        return work()
    except HybridError as error:
        _complain(f"error: {visible(str(error))}")
        return FAILED
    except MemoryError:
        _complain(f"error: {OUT_OF_MEMORY}")
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception:
        _complain(f"{visible_lines(traceback.format_exc())}error: {A_BUG}")
        return BUG


def _print(text: str) -> bool:
    """Print a result; False if the reader of the output has gone, as `head` does."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        # Python flushes again at exit, and would fail.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return False
    return True


def main(arguments: Sequence[str]) -> int:
    """Exit code of one command line.

    0 done; 1 done, but images were skipped; 2 a clear error, in one sentence; 70 a bug, with its
    traceback; 130 interrupted by Ctrl-C; 141 the reader of the output has gone, as `head` does.
    """
    # One command alone: typer then answers `--help` without importing pydantic.
    asked = [word for word in arguments[:1] if word in COMMANDS]

    def work() -> int:
        app = application(asked or COMMANDS)
        if completion.VARIABLE in os.environ:
            completion_init()
        try:
            app(
                renamed("".join(asked), arguments[len(asked) :]),
                prog_name=" ".join(["python cli.py", *asked]),
                complete_var=completion.VARIABLE,
            )
        except SystemExit as stop:
            gone = isinstance(stop.__context__, BrokenPipeError)
            return NO_READER if gone else int(stop.code or 0)
        return 0

    return exit_code_of(work)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
