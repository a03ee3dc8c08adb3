"""Remove unused feature stores that this program made, and nothing else."""

import os
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import storage
from features import locks, store_files, upkeep
from features.locks import Lock
from features.store import RECIPE

SECONDS_PER_DAY = 86_400
# A process that writes a temporary file has touched it within the hour. On a disk without locks, a
# store that was used or written within the hour counts as in use.
SECONDS_OF_WRITING = 3_600


class Pruned(NamedTuple):
    """A path with the bytes freed, or the reason why it was kept."""

    path: Path
    size: int
    left: str = ""


Files = dict[str, os.stat_result]


def prune(cache: Path, days: float) -> Iterator[Pruned]:
    """Remove stores unused for so many days, and files that are damaged or unfinished.

    What may not be removed is left and named with the reason.
    """
    for path in sorted(cache.iterdir()):
        try:
            if path.is_symlink():
                # A link may point to anything, and to files of others.
                yield Pruned(path, 0, "it is a link")
            elif os.path.lexists(path / RECIPE):
                yield from _pruned_folder(path, days * SECONDS_PER_DAY)
            elif store_files.TEMPORARY.fullmatch(path.name):
                yield from _pruned_file(path)
        except OSError as error:
            yield Pruned(path, 0, storage.reason(error))


def _pruned_folder(folder: Path, seconds: float) -> Iterator[Pruned]:
    """What happens to a folder with a recipe and to its files."""
    with locks.alone(folder) as (lock, descriptor):
        files = _files(descriptor)
        # Checked under the lock: a command may have begun and ended just before.
        old = _age(files[RECIPE]) >= seconds
        left = _why_left(folder, files, lock)
        if left and old:
            yield Pruned(folder, 0, left)
        elif old:
            yield _removed(folder, files, descriptor)
        elif not left:
            yield from _swept(folder, files, descriptor)


def _why_left(folder: Path, files: Files, lock: Lock) -> str:
    """Why a folder may not be removed; "" if it is an unused store of this program."""
    unknown = [name for name, info in files.items() if not _is_known(name, info)]
    if not store_files.NAME.fullmatch(folder.name):
        return "it is no store of this program"
    if unknown:
        return f"it holds {unknown[0]!r}, which this program did not write"
    if lock is Lock.USED:
        return "a command is using it"
    if lock is Lock.UNKNOWN and not all(map(_is_old, files.values())):
        return "a command may be using it: its disk has no locks, and it changed within the hour"
    if upkeep.recipe_in(folder) is None and not store_files.holds_a_part(folder):
        return "nothing in it shows that this program made it"
    return ""


def _files(descriptor: int) -> Files:
    """The files in a folder, without those that vanish meanwhile."""
    files = {}
    for name in sorted(os.listdir(descriptor)):
        with suppress(FileNotFoundError):
            files[name] = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
    return files


def _is_known(name: str, info: os.stat_result) -> bool:
    return stat.S_ISREG(info.st_mode) and store_files.is_known(name, RECIPE)


def _removed(folder: Path, files: Files, descriptor: int) -> Pruned:
    """Remove the files of a store, its recipe last, so that a killed run leaves a valid store."""
    for name in sorted(files, key=lambda name: name == RECIPE):
        os.unlink(name, dir_fd=descriptor)
    # A file added meanwhile keeps the folder.
    os.rmdir(folder)
    return Pruned(folder, sum(info.st_size for info in files.values()))


def _swept(folder: Path, files: Files, descriptor: int) -> Iterator[Pruned]:
    """Remove damaged and unfinished files from a store that stays."""
    for name, info in files.items():
        unfinished = store_files.TEMPORARY.fullmatch(name) and _is_old(info)
        if unfinished or store_files.ASIDE.fullmatch(name):
            os.unlink(name, dir_fd=descriptor)
            yield Pruned(folder / name, info.st_size)


def _pruned_file(path: Path) -> Iterator[Pruned]:
    """Remove an unfinished file of the cache, unless a command holds it."""
    info = path.lstat()
    if stat.S_ISREG(info.st_mode) and _is_old(info):
        with locks.alone(path) as (lock, _):
            if lock is not Lock.USED:
                path.unlink()
                yield Pruned(path, info.st_size)


def _age(info: os.stat_result) -> float:
    return time.time() - info.st_mtime


def _is_old(info: os.stat_result) -> bool:
    return _age(info) > SECONDS_OF_WRITING
