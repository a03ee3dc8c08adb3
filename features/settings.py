"""`--set NAME.PARAMETER=VALUE`: set any parameter of any plug-in."""

import ast
from collections.abc import Collection, Sequence
from typing import Any, Protocol, TypeVar

from datasets.options import listed
from errors import InvalidOption
from features.renamed_parameters import new_name

# Errors of Python for texts that are no literal, too deep or too large.
UNREADABLE = ValueError, SyntaxError, TypeError, ArithmeticError, RecursionError, MemoryError
MOST = 2**31 - 1
FLAG = "--set"
# Characters of a value that an error message quotes.
LONGEST = 60

Settings = dict[str, dict[str, str]]


class Configurable(Protocol):
    """A plug-in whose options can be read and set, as in scikit-learn."""

    def get_params(self) -> dict[str, Any]:
        """The options."""

    def set_params(self, **params: Any) -> Any:
        """The plug-in with other options."""


Plugin = TypeVar("Plugin", bound=Configurable)


def with_settings(plugin: Plugin, name: str, settings: str, flag: str = FLAG) -> Plugin:
    """The plug-in with the parameters that a text gives for it; `flag` is what it came from."""
    known = plugin.get_params()
    for parameter, text in read_settings(settings, flag).get(name, {}).items():
        if parameter not in known:
            raise InvalidOption(_unknown(flag, name, parameter, known))
        target = f"{flag} {name}.{parameter}"
        plugin.set_params(**{parameter: _value(text, known[parameter], target)})
    return plugin


def _unknown(flag: str, name: str, parameter: str, known: Collection[str]) -> str:
    """What to write instead of a parameter that the plug-in lacks."""
    if present := new_name(parameter, known):
        return f"{name}.{parameter} is now {name}.{present}."
    return f"{flag} takes parameters of {name}: {', '.join(known)}; got {parameter!r}."


def check_used(settings: str, known: Sequence[str], flags: str) -> None:
    """Refuse `--set` for plug-ins that are not used; `flags` names the flags that select them."""
    unused = sorted(set(read_settings(settings)) - set(known))
    if unused:
        raise InvalidOption(
            f"--set takes parameters of what is in use ({', '.join(known)}); got"
            f" {', '.join(unused)}. Correct the name, or select it with {flags}."
        )


def read_settings(text: str, flag: str = FLAG) -> Settings:
    """The parameters of each plug-in in the text of `--set` or of a flag like it."""
    settings: Settings = {}
    for item in text.split():
        target, equals, value = item.partition("=")
        name, dot, parameter = target.partition(".")
        if not (equals and dot):
            raise InvalidOption(
                f"{flag} takes NAME.PARAMETER=VALUE, separated by spaces; got {item!r}. Type, for"
                f" example, {flag} orb_words.n_words=256."
            )
        settings.setdefault(name, {})[parameter] = value
    return settings


def _value(text: str, default: Any, target: str) -> Any:
    """The text as a value of the same type as the default."""
    # A parameter with the default None is a number, such as an image size.
    default = 1 if default is None else default
    several = isinstance(default, tuple)
    # Tuples that are empty by default hold names.
    first = (default or ("",))[0] if several else default
    if isinstance(first, str):
        values = tuple(listed(text)) if several else (text,)
    else:
        values = _numbers(text, first, several)
    if not values:
        raise InvalidOption(
            f"{target} takes a value such as {default!r}; got {text[:LONGEST]!r}. Correct it."
        )
    return values if several else values[0]


def _numbers(text: str, like: Any, several: bool) -> tuple[Any, ...]:
    """The numbers in a text; none if one is not of the type of `like`."""
    try:
        value = ast.literal_eval(text)
        given = value if several and isinstance(value, tuple) else (value,)
        values = tuple(type(like)(each) for each in given)
    except UNREADABLE:
        return ()
    # No parameter is negative, and counts with a positive default must be positive.
    least = 1 if type(like) is int and like > 0 else 0
    return values if values == given and all(least <= each <= MOST for each in values) else ()
