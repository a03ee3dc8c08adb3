"""Stopping on a signal: the process ends within ten seconds of the first one."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Timer, current_thread, main_thread
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGINT)
# A decoder or model that hangs by then is abandoned.
SECONDS_TO_END = 9.0


class Stopping:
    """A signal handler: ends the process before serving starts, and calls `then` afterwards."""

    def __init__(self) -> None:
        self.asked = False
        self.then: Callable[[], None] = _leave

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Stop; a second signal ends the process at once."""
        if self.asked:
            end_process()
        self.asked = True
        timer = Timer(SECONDS_TO_END, end_process)
        timer.daemon = True
        timer.start()
        self.then()


@contextmanager
def stopping() -> Iterator[Stopping]:
    """Let SIGTERM and Ctrl-C stop the following work, with exit code 0."""
    made = Stopping()
    # Only the main thread receives signals in Python.
    listens = current_thread() is main_thread()
    before = {each: signal.signal(each, made) for each in SIGNALS} if listens else {}
    try:
        yield made
    finally:
        # After the first signal, a second one must still end a process that hangs.
        for each, handler in before.items():
            if not made.asked:
                signal.signal(each, handler)


def _leave() -> None:
    raise SystemExit(0)


def end_process() -> None:
    """End this process at once."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    # Any other exit would wait for threads that hang.
    os._exit(0)
