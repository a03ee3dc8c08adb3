"""Bars and lines on standard error: how far work is, shown while it goes on."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from io import FileIO
from threading import Event, RLock, Thread
from typing import TextIO, cast

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from escapes import visible

# A stage that goes on shows a line at least every 5 seconds: this, a turn of the watch, and the
# start of Python.
SECONDS_BETWEEN_LINES = 3.5
SECONDS_BETWEEN_LOOKS = 0.5
STANDARD_ERROR = 2
TIMES = ((3600, "hours"), (60, "minutes"), (1, "s"))
# How much is shown: a message is if its level is at most that of the display.
QUIET, USUAL, VERBOSE, LOGGED = range(4)


def time_of(seconds: float) -> str:
    """A time as text, in the largest unit of which it has at least two."""
    unit, name = next((unit for unit in TIMES if seconds >= 2 * unit[0]), TIMES[-1])
    return f"{seconds / unit:,.{1 if name == 'hours' else 0}f} {name}"


def rate(done: float, total: float, seconds: float, unit: str) -> str:
    """How many were done per second, and how long the rest will take."""
    if not done:
        return f"0 of {total:,.0f} {unit}, {seconds:,.0f} s so far"
    speed = done / seconds if seconds else 0.0
    left = f"{time_of((total - done) / speed)} left" if speed else "no estimate yet"
    return f"{done:,.0f} of {total:,.0f} {unit}, {speed:,.1f} {unit}/s, {left}"


@dataclass(eq=False)
class Bar:
    """A piece of work that goes on: with a total, or of unknown length."""

    doing: str
    total: float = 0
    unit: str = ""
    done: float = 0
    step: str = ""
    started: float = field(default_factory=time.monotonic)

    def advance(self, amount: float = 1) -> None:
        """Add to what is done."""
        self.done += amount
        DISPLAY.show_if_due()

    @property
    def seconds(self) -> float:
        """How long the work has taken so far."""
        return time.monotonic() - self.started

    def how_far(self) -> str:
        """What is done and what is left, in a few words."""
        if self.total:
            return rate(self.done, self.total, self.seconds, self.unit)
        return f"{self.seconds:,.0f} s so far"

    @property
    def share(self) -> float | None:
        """The share of the work that is done, if its length is known."""
        return self.done / self.total if self.total else None

    def line(self) -> str:
        """The work, how far it is, and its current step."""
        return "; ".join(filter(None, (f"{self.doing}: {self.how_far()}", self.step)))


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Stop printing: rich would exit with 1, which means that images were skipped."""
        self.quiet = True


def console_now() -> Console:
    """Standard error as rich writes to it, looked up for each message."""
    # Created at each use, because tests and servers replace standard error.
    return _Console(stderr=True, soft_wrap=True, highlight=False, emoji=False)


class Display:
    """All bars that are open, the outermost first, and where they and messages are shown."""

    def __init__(self) -> None:
        self.bars: list[Bar] = []
        self._lock = RLock()
        self._live: Live | None = None
        self._ended = Event()
        self._last = time.monotonic()
        self.level = USUAL
        self.muted = False
        self._stream: TextIO | None = None
        self.log: FileIO | None = None

    def show(self, line: str, level: int = USUAL, style: str | None = None) -> None:
        """Print a line, whole even if other threads do so too, above the bars."""
        with self._lock:
            self._keep(line)
            if level > self.level:
                return
            self._last = time.monotonic()
            self._console().print(line, style=style, markup=False)

    @contextmanager
    def writing_to(self, descriptor: int) -> Iterator[None]:
        """Write to this descriptor meanwhile, where that of standard error is another's."""
        try:
            replaced = sys.stderr.fileno() == STANDARD_ERROR
        except OSError:
            replaced = False
        if not replaced:
            yield
            return
        with open(os.dup(descriptor), "w", encoding="utf-8", buffering=1) as stream:
            self._write_to(stream)
            try:
                yield
            finally:
                self._write_to(None)

    def _write_to(self, stream: TextIO | None) -> None:
        with self._lock:
            self._stream = stream
            if self._live:
                # Without a file, rich writes to standard error.
                self._live.console.file = cast(TextIO, stream)

    def _console(self) -> Console:
        if self._live:
            return self._live.console
        return (
            Console(file=self._stream, soft_wrap=True, highlight=False, emoji=False)
            if self._stream
            else console_now()
        )

    def _keep(self, line: str) -> None:
        log = self.log
        try:
            if log:
                log.write(f"{datetime.now():%Y-%m-%d %H:%M:%S} {line}\n".encode())
        except OSError as error:
            self.log = None
            self.show(f"warning: no more messages are written to --log: {error}", level=QUIET)

    def show_if_due(self) -> None:
        """Print how far the work is, unless bars show it or a line has just been printed."""
        if time.monotonic() - self._last < SECONDS_BETWEEN_LINES:
            return
        with self._lock:
            if self.bars:
                self._last = time.monotonic()
                line = visible("; ".join(each.line() for each in self._main()))
                self.show(line, level=LOGGED if self._live else USUAL)

    def at(self, text: str) -> None:
        """Note the step that the innermost work is at; without any, it becomes a line now."""
        innermost = self.bars[-1:]
        for bar in innermost:
            bar.step = text
            self.show_if_due()
        if not innermost and text and time.monotonic() - self._last >= SECONDS_BETWEEN_LINES:
            self._last = time.monotonic()
            self.show(visible(text))

    def open(self, bar: Bar) -> None:
        """Show a bar below the others."""
        with self._lock:
            self.bars.append(bar)
            if len(self.bars) == 1:
                self._start()
            if self._live:
                self._live.refresh()

    def close(self, bar: Bar) -> None:
        """Show a bar no longer."""
        with self._lock:
            self.bars.remove(bar)
            if not self.bars:
                self._stop()
        self.show(f"{visible(bar.doing)}: took {bar.seconds:,.1f} s", level=VERBOSE)

    def _start(self) -> None:
        console = console_now()
        if console.is_terminal and self.level > QUIET:
            self._live = Live(console=console, transient=True, get_renderable=self._drawn)
            self._live.start()
        self._last, self._ended = time.monotonic(), Event()
        Thread(target=self._watch, args=(self._ended,), daemon=True).start()

    def _stop(self) -> None:
        self._ended.set()
        if self._live:
            self._live.stop()
            self._live = None

    def _watch(self, ended: Event) -> None:
        """Show lines while the work itself shows none."""
        while not ended.wait(SECONDS_BETWEEN_LOOKS):
            self.show_if_due()

    def _main(self) -> list[Bar]:
        """The bars from the outermost of known length on, or the innermost if there is none."""
        bars = self.bars[:]
        known = [place for place, each in enumerate(bars) if each.share is not None]
        return bars[known[0] if known else -1 :]

    def _drawn(self) -> RenderableType:
        # Without the lock: rich holds its own while it asks for this.
        bars = self._main()
        lines = [*map(_row, bars[:1])]
        below = [each.step for each in bars[:1]] + [each.line() for each in bars[1:]]
        lines += [_text(f"  {each}") for each in below if each]
        return Group(*lines)


def _row(bar: Bar) -> RenderableType:
    row = Table.grid(padding=(0, 1))
    drawn = ProgressBar(None if bar.share is None else 1.0, bar.share or 0.0, width=40)
    row.add_row(_text(bar.doing), drawn, _text(bar.how_far()))
    return row


def _text(text: str) -> Text:
    return Text(visible(text), no_wrap=True, overflow="ellipsis")


# The only one of this process.
DISPLAY = Display()
