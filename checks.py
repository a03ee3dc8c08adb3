"""Checks of options: one of several names, or at least a number."""

from collections.abc import Iterable

from errors import InvalidOption


def one_of(option: str, value: str, allowed: Iterable[str]) -> None:
    """Raise InvalidOption if a value is not one of those allowed."""
    if value not in (names := list(allowed)):
        raise InvalidOption(f"{option} must be one of {', '.join(names)}; got {value!r}.")


def at_least(option: str, value: float, least: float) -> None:
    """Raise InvalidOption if a number is too small."""
    if value < least:
        raise InvalidOption(f"{option} must be at least {least}; got {value}.")
