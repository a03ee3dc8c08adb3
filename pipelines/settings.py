"""`--set NAME.PARAMETER=VALUE`: any parameter of any plug-in."""

import ast
from typing import Any

from errors import InvalidOption

# Some texts are too deep or too large for Python to read.
UNREADABLE = ValueError, SyntaxError, TypeError, ArithmeticError, RecursionError, MemoryError
MOST = 2**31 - 1
# Of a value that an error quotes.
LONGEST = 60

Settings = dict[str, dict[str, str]]


def with_settings(plugin: Any, name: str, settings: str) -> Any:
    """The plug-in with what `--set` says of it."""
    known = plugin.get_params()
    for parameter, text in read_settings(settings).get(name, {}).items():
        if parameter not in known:
            raise InvalidOption(
                f"--set takes parameters of {name}: {', '.join(known)}; got {parameter!r}."
            )
        plugin.set_params(**{parameter: _value(text, known[parameter], f"{name}.{parameter}")})
    return plugin


def read_settings(text: str) -> Settings:
    """`--set` as parameters by extractor."""
    settings: Settings = {}
    for item in text.split():
        target, equals, value = item.partition("=")
        name, dot, parameter = target.partition(".")
        if not (equals and dot):
            raise InvalidOption(
                f"--set takes NAME.PARAMETER=VALUE, separated by spaces; got {item!r}."
            )
        settings.setdefault(name, {})[parameter] = value
    return settings


def _value(text: str, default: Any, target: str) -> Any:
    """The text as a value of the default's kind."""
    several = isinstance(default, tuple)
    first = default[0] if several else default
    if isinstance(first, str):
        return tuple(text.split(",")) if several else text
    refusal = f"--set {target} takes a value like {default!r}; got {text[:LONGEST]!r}."
    try:
        value = ast.literal_eval(text)
        values = value if several and isinstance(value, tuple) else (value,)
        found = tuple(type(first)(each) for each in values)
    except UNREADABLE as error:
        raise InvalidOption(refusal) from error
    # No parameter is negative, and a count that is not 0 by default is never 0.
    least = 1 if type(first) is int and first > 0 else 0
    if not found or not all(least <= each <= MOST for each in found):
        raise InvalidOption(refusal)
    return found if several else found[0]
