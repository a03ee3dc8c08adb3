"""What befalls a process in the middle of its work: at its n-th use of a file, or of the clock."""

import os
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

CHANGES = ("os.rename", "os.mkdir", "os.remove", "os.rmdir", "shutil.rmtree", "shutil.move")


def on_change(folder: Path, act: Callable[[int], None]) -> None:
    """Call `act` with 0, 1, … before each change of a file or folder below `folder`."""
    numbers = count()

    def hook(event: str, arguments: tuple) -> None:
        if _changes(event, arguments) and _inside(arguments[0], folder):
            act(next(numbers))

    sys.addaudithook(hook)


def on_reading(folder: Path, act: Callable[[int, str], None]) -> None:
    """Call `act` with 0, 1, … and the path before each opening of a file below to read it."""
    numbers = count()

    def hook(event: str, arguments: tuple) -> None:
        if event == "open" and not _changes(event, arguments) and _inside(arguments[0], folder):
            act(next(numbers), os.fspath(arguments[0]))

    sys.addaudithook(hook)


def clock_jumps(seconds: float, at_call: int) -> None:
    """Put the clock on or back when it is asked for the n-th time."""
    real, numbers = time.time, count()
    time.time = lambda: real() + seconds * (next(numbers) >= at_call)


def _changes(event: str, arguments: tuple) -> bool:
    if event != "open":
        return event in CHANGES
    _, mode, flags = arguments
    return bool(flags & (os.O_WRONLY | os.O_RDWR)) if mode is None else not mode.startswith("r")


def _inside(path: object, folder: Path) -> bool:
    return isinstance(path, str | Path) and os.fspath(path).startswith(str(folder))
