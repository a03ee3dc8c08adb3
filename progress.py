"""Messages and progress: a bar on a terminal, plain lines elsewhere.

Everything goes to standard error, so that standard output holds only results.
"""

import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, ProgressColumn, Task
from rich.text import Text

from escapes import visible

SECONDS_BETWEEN_LINES = 10
UNITS = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"))

Item = TypeVar("Item")


def say(message: str) -> None:
    """Show one line to the user."""
    console_now().print(visible(message), markup=False)


def warn(message: str) -> None:
    """Show one line of warning to the user."""
    console_now().print(f"warning: {visible(message)}", style="yellow", markup=False)


def size_of(size: float) -> str:
    """A number of bytes as text with three digits."""
    unit, name = next((unit for unit in UNITS if size >= unit[0]), UNITS[-1])
    return f"{float(f'{size / unit:.3g}'):,g} {name}"


def track(items: Iterable[Item], doing: str, total: int, unit: str = "images") -> Iterator[Item]:
    """The items unchanged, while progress, speed and time left are shown."""
    console = console_now()
    if not console.is_terminal:
        yield from _lines(items, doing, total, unit)
        return
    columns = (*Progress.get_default_columns()[:2], _Rate(unit))
    with Progress(*columns, console=console, transient=True) as bar:
        yield from bar.track(items, total=total, description=escape(visible(doing)))


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Stop printing: rich would exit with 1, which means that images were skipped."""
        self.quiet = True


def console_now() -> Console:
    """Standard error as rich writes to it, looked up for each message."""
    # Created at each use, because tests and servers replace standard error.
    return _Console(stderr=True, soft_wrap=True, highlight=False)


def _lines(items: Iterable[Item], doing: str, total: int, unit: str) -> Iterator[Item]:
    started = last = time.monotonic()
    for done, item in enumerate(items, start=1):
        yield item
        now = time.monotonic()
        if now - last >= SECONDS_BETWEEN_LINES:
            last = now
            say(f"{doing}: {rate(done, total, now - started, unit)}")


def rate(done: float, total: float, seconds: float, unit: str) -> str:
    """How many were done per second, and how long the rest will take."""
    speed = done / seconds if seconds else 0.0
    left = f"{(total - done) / speed:,.0f} s left" if speed else "no estimate yet"
    return f"{done:,.0f} of {total:,.0f} {unit}, {speed:,.1f} {unit}/s, {left}"


class _Rate(ProgressColumn):
    """`120 of 1,216 images, 43.1 images/s, 25 s left`."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self.unit = unit

    def render(self, task: Task) -> Text:
        return Text(rate(task.completed, task.total or 0, task.elapsed or 0, self.unit))
