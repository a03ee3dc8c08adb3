"""Messages and progress: a bar on a terminal, plain lines elsewhere.

Everything goes to standard error, so that standard output holds only results. `showing` shows
less or more of it, and keeps all of it in a file.
"""

import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from io import StringIO
from pathlib import Path
from typing import TextIO, TypeVar

from display import DISPLAY, LOGGED, QUIET, USUAL, VERBOSE, Bar
from escapes import visible

UNITS = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"))

Item = TypeVar("Item")
SomeBar = TypeVar("SomeBar", bound=Bar)


def say(message: str) -> None:
    """Show one line to the user."""
    DISPLAY.show(visible(message), level=LOGGED if DISPLAY.muted else USUAL)


def warn(message: str) -> None:
    """Show one line of warning to the user, however little is shown."""
    DISPLAY.show(f"warning: {visible(message)}", level=QUIET, style="yellow")


def detail(message: str) -> None:
    """Show one line to users who want to see more."""
    DISPLAY.show(visible(message), level=VERBOSE)


def record(text: str) -> None:
    """Keep what is shown elsewhere, such as a result, in the file of messages if there is one."""
    for line in text.splitlines():
        DISPLAY.show(visible(line), level=LOGGED)


@contextmanager
def showing(quiet: bool = False, verbose: bool = False, log: Path | None = None) -> Iterator[None]:
    """Show warnings alone, or more messages; keep all of them in a file, with their times."""
    level, file = DISPLAY.level, DISPLAY.log
    with ExitStack() as stack:
        if log:
            DISPLAY.log = stack.enter_context(log.open("ab", buffering=0))
        DISPLAY.level = QUIET if quiet else VERBOSE if verbose else USUAL
        try:
            yield
        finally:
            DISPLAY.level, DISPLAY.log = level, file


@contextmanager
def muted() -> Iterator[None]:
    """Show how far work is, but none of its messages, because it is only a trial."""
    before, DISPLAY.muted = DISPLAY.muted, True
    try:
        yield
    finally:
        DISPLAY.muted = before


def others_output() -> TextIO:
    """Where to send what libraries print: standard error, or nowhere if only warnings are shown."""
    return StringIO() if DISPLAY.level == QUIET else sys.stderr


def step(text: str) -> None:
    """Show what is done right now, beside the bar or every few seconds; "" for nothing more.

    It may be called often, and from any thread.
    """
    DISPLAY.at(text)


@contextmanager
def stage(doing: str) -> Iterator[None]:
    """Show that work whose length is unknown goes on, and for how long."""
    with shown(Bar(doing)):
        yield


def track(items: Iterable[Item], doing: str, total: int, unit: str = "images") -> Iterator[Item]:
    """The items unchanged, while progress, speed and time left are shown."""
    with shown(Bar(doing, total, unit)) as bar:
        for item in items:
            yield item
            bar.advance()


def size_of(size: float) -> str:
    """A number of bytes as text with three digits."""
    unit, name = next((unit for unit in UNITS if size >= unit[0]), UNITS[-1])
    return f"{float(f'{size / unit:.3g}'):,g} {name}"


@contextmanager
def shown(bar: SomeBar) -> Iterator[SomeBar]:
    """A bar, shown while work goes on; one within another stands below it."""
    DISPLAY.open(bar)
    try:
        yield bar
    finally:
        DISPLAY.close(bar)
