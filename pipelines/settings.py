"""`--set NAME.PARAMETER=VALUE`: any parameter of any plug-in."""

import ast
from typing import Any

from errors import InvalidOption

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
    if isinstance(default, str):
        return text
    if isinstance(default, tuple) and isinstance(default[0], str):
        return tuple(text.split(","))
    kind = type(default)
    try:
        value = ast.literal_eval(text)
        return (value if isinstance(value, tuple) else (value,)) if kind is tuple else kind(value)
    except (ValueError, SyntaxError, TypeError) as error:
        raise InvalidOption(
            f"--set {target} takes a value like {default!r}; got {text!r}."
        ) from error
