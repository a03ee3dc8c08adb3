"""What options must be, refused in one sentence: one of a few names, or at least so much."""

from collections.abc import Iterable

from errors import InvalidOption


def one_of(option: str, value: str, allowed: Iterable[str]) -> None:
    """Refuse a name that an option does not take."""
    if value not in (names := list(allowed)):
        raise InvalidOption(f"{option} must be one of {', '.join(names)}; got {value!r}.")


def at_least(option: str, value: float, least: float) -> None:
    """Refuse a number below the least that an option takes."""
    if value < least:
        raise InvalidOption(f"{option} must be at least {least}; got {value}.")
