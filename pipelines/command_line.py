"""The command line that gives a result again."""

import shlex
from dataclasses import MISSING, fields
from typing import Any

# Where things are kept and how many cores work on them changes no result.
PLACES = ("out", "cache", "jobs", "resume")


def command_of(name: str, options: Any) -> str:
    """The command with every flag that is not at its default."""
    words = ["python", "cli.py", name]
    for item in fields(options):
        value = getattr(options, item.name)
        default = item.default_factory() if item.default_factory is not MISSING else item.default
        if value != default and item.name not in PLACES:
            words += _flag(item.name.replace("_", "-"), value)
    return shlex.join(words)


def _flag(name: str, value: Any) -> list[str]:
    if isinstance(value, bool):
        return [f"--{name}" if value else f"--no-{name}"]
    values = value if isinstance(value, list) else [value]
    return [word for each in values for word in (f"--{name}", str(each))]
