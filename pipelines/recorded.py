"""What surrounds the run of a command: its folder, a note of what it reads, and `config.toml`."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import inputs
from datasets.options import VERSION
from features.settings import read_settings
from models.bundle_manifest import CONTENTS
from pipelines import Result, config_files, config_writing, run_folders
from progress import say

Options = TypeVar("Options")
# More images than these are not read before they are needed.
FEW = 100
# Options that are a name or a file.
FILES_OR_NAMES = ("weights", "backbone", "split", "cluster")


def recorded(command: str) -> Callable[[Callable[[Options], Result]], Callable[[Options], Result]]:
    """A command that writes the `config.toml` which repeats it into its folder."""

    def around(run: Callable[[Options], Result]) -> Callable[[Options], Result]:
        @wraps(run)
        def running(options: Options) -> Result:
            with run_folders.opened(options) as placed, inputs.watching() as seen:
                for path in files_of(placed):
                    inputs.note_file(path)
                result = run(placed)
                if placed.out.is_dir() and not getattr(placed, "estimate", 0):
                    config_writing.write(command, placed, seen)
                return result

        return running

    return around


@contextmanager
def repeating(
    command: str, commands: Mapping[str, type], path: Path, options: Any
) -> Iterator[Any]:
    """The options, in a context that refuses other inputs than those of the run of `--config`."""
    config = config_files.read(path, command, commands)
    written_by = config.tables[config_files.RUN].get("version", VERSION)
    if written_by != VERSION:
        say(f"version {written_by} wrote {path}; this is version {VERSION}")
    known = config_writing.defaults_of(options)
    options = config_files.with_former_defaults(options, config, known)
    with inputs.expecting(config_files.expected(config, options)):
        yield options


def files_of(options: Any) -> list[Path]:
    """The files that options name: tables, weights, scores, images, and a bundle's contents."""
    paths: list[Path] = []
    for name, value in vars(options).items():
        if isinstance(value, list):
            few = value if len(value) <= FEW else []
            paths += [
                Path(str(each).partition("=")[2] if name == "scores" else each) for each in few
            ]
        elif isinstance(value, Path) or name in FILES_OR_NAMES:
            paths.append(Path(value))
    for parameters in read_settings(getattr(options, "set", "")).values():
        paths += [Path(text) for name, text in parameters.items() if name in FILES_OR_NAMES]
    paths += [folder / CONTENTS for folder in run_folders.bundles_of(options)]
    return [path for path in paths if _is_file(path)]


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
