"""Locks on folders and files, so that `cache prune` leaves alone what commands use.

The lock is on the folder itself, so that read-only and older caches have it too. It ends with its
process, however that ends.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto
from pathlib import Path
from typing import Any
from weakref import finalize

JUST_LOOK = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


class Lock(Enum):
    """The state of a folder: locked by us, used by a command, or on a disk without locks."""

    OURS = auto()
    USED = auto()
    UNKNOWN = auto()


class Owner:
    """An object that can hold locks as long as it lives, like any other object."""


def share(place: Path, owner: Any) -> bool:
    """Keep a folder or file from being pruned as long as the object `owner` lives.

    False if there is none any more: `cache prune` was faster.
    """
    try:
        descriptor = os.open(place, JUST_LOOK & ~os.O_NOFOLLOW)
    except FileNotFoundError:
        return False
    except OSError:
        # What this user may not open cannot be locked, nor removed by this user's `prune`.
        return True
    finalize(owner, os.close, descriptor)
    try:
        # Waits for a `prune` at work on the folder.
        fcntl.flock(descriptor, fcntl.LOCK_SH)
    except OSError:
        return True
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(place))
    except FileNotFoundError:
        return False


@contextmanager
def alone(place: Path) -> Iterator[tuple[Lock, int]]:
    """Lock a folder or file, not a link, for the block; its state and its descriptor."""
    descriptor = os.open(place, JUST_LOOK)
    try:
        yield _try(descriptor), descriptor
    finally:
        os.close(descriptor)


def _try(descriptor: int) -> Lock:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return Lock.USED
    # Some network disks have no locks, or require a file that is open for writing.
    except OSError:
        return Lock.UNKNOWN
    return Lock.OURS
