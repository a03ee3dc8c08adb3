"""Stopping in time: the first signal asks for it, and the process has ended ten seconds later."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Timer, current_thread, main_thread
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGINT)
# Whatever hangs by then, a decoder or the model, is left behind.
SECONDS_TO_END = 9.0


class Stopping:
    """What a signal does: before anything is served it ends the process, then it calls `then`."""

    def __init__(self) -> None:
        self.asked = False
        self.then: Callable[[], None] = _leave

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Stop; a second signal ends the process at once."""
        if self.asked:
            _end()
        self.asked = True
        timer = Timer(SECONDS_TO_END, _end)
        timer.daemon = True
        timer.start()
        self.then()


@contextmanager
def stopping() -> Iterator[Stopping]:
    """What follows is stopped by SIGTERM and Ctrl-C, with exit code 0."""
    made = Stopping()
    # Python hands signals to the main thread alone.
    listens = current_thread() is main_thread()
    before = {each: signal.signal(each, made) for each in SIGNALS} if listens else {}
    try:
        yield made
    finally:
        # Once asked, a second signal must still end what hangs while the process comes to its end.
        for each, handler in before.items():
            if not made.asked:
                signal.signal(each, handler)


def _leave() -> None:
    raise SystemExit(0)


def _end() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    # Threads that hang would be waited for by any other way out.
    os._exit(0)
