"""The command line that gives a result again."""

import shlex
from dataclasses import MISSING, fields
from typing import Any

from pipelines.options import is_argument

# Where things are kept and how many cores work on them changes no result.
PLACES = ("out", "cache", "jobs", "resume")


def command_of(name: str, options: Any) -> str:
    """The command with every argument, and every flag that is not at its default."""
    words = ["python", "cli.py", name]
    for item in fields(options):
        value = getattr(options, item.name)
        default = item.default_factory() if item.default_factory is not MISSING else item.default
        if value != default and item.name not in PLACES:
            flag = "" if is_argument(item) else f"--{item.name.replace('_', '-')}"
            words += _typed(flag, value)
    return shlex.join(words)


def _typed(flag: str, value: Any) -> list[str]:
    if isinstance(value, bool):
        return [flag if value else flag.replace("--", "--no-", 1)]
    values = list(map(str, value if isinstance(value, list) else [value]))
    return [word for each in values for word in (flag, each)] if flag else values
