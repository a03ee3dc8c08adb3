"""Locks on folders and files: what commands use, `cache prune` leaves alone.

They lie on the folder itself, so that caches that can only be read, and older ones, have them too.
A lock ends with its process, however that ends.
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
    """Whether a folder is ours alone, used by a command, or on a disk that knows no locks."""

    OURS = auto()
    USED = auto()
    UNKNOWN = auto()


class Owner:
    """Something that has locks for as long as it lives; any other object may have them as well."""


def share(place: Path, owner: Any) -> bool:
    """Keep a folder or file from being pruned as long as its owner, an object, lives.

    False if there is none any more: `cache prune` was faster.
    """
    try:
        descriptor = os.open(place, JUST_LOOK & ~os.O_NOFOLLOW)
    except FileNotFoundError:
        return False
    except OSError:
        # What may not be opened cannot be locked; nor can its user's `prune` remove it.
        return True
    finalize(owner, os.close, descriptor)
    try:
        # Waits for a `prune` that is at work on it.
        fcntl.flock(descriptor, fcntl.LOCK_SH)
    except OSError:
        return True
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(place))
    except FileNotFoundError:
        return False


@contextmanager
def alone(place: Path) -> Iterator[tuple[Lock, int]]:
    """Whether a folder or file, which is no link, is ours alone meanwhile; and its descriptor."""
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
    # Some network disks have no locks, or want a file to be open for writing.
    except OSError:
        return Lock.UNKNOWN
    return Lock.OURS
