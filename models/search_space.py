"""What a search may set: the range of an option, declared in the classifier's class.

    learning_rate: Annotated[float, Real(5e-4, 1e-2, log=True)] = 2e-3

A plug-in declares its own in the same way.
"""

from dataclasses import dataclass
from typing import Any, get_args, get_type_hints


@dataclass(frozen=True)
class Real:
    """A number from low to high; on a logarithmic scale with `log`."""

    low: float
    high: float
    log: bool = False


@dataclass(frozen=True)
class Whole:
    """A whole number from low to high, both included."""

    low: int
    high: int


@dataclass(frozen=True, init=False)
class OneOf:
    """One of several values."""

    values: tuple[Any, ...]

    def __init__(self, *values: Any) -> None:
        object.__setattr__(self, "values", values)


Range = Real | Whole | OneOf
# Ranges and chosen values by option.
Space = dict[str, Range]
Chosen = dict[str, Any]


def declared(kind: type) -> Space:
    """The options of a class with the range declared for each; others have none."""
    hints = get_type_hints(kind, include_extras=True)
    marks = {name: get_args(hint)[1:] for name, hint in hints.items()}
    return {
        name: each
        for name, given in marks.items()
        for each in given
        if isinstance(each, Real | Whole | OneOf)
    }


def spoken(chosen: Chosen) -> str:
    """Chosen values as they are typed: `hidden=64, learning_rate=0.00312`; "" for none."""
    return ", ".join(f"{name}={_shown(value)}" for name, value in chosen.items())


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "+".join(map(_shown, value))
    return f"{value:.3g}" if isinstance(value, float) else str(value)
