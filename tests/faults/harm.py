"""What befalls files: films that vanish, disks that fill up, bytes that change."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from tests.faults.place import Place

DISK_MEGABYTES = 16
STRETCH = 64


class Unavailable(Exception):
    """A fault that cannot be put in here, and why."""


@contextmanager
def disk(place: Place) -> Iterator[None]:
    """The place's work on a small disk of its own; what lies there at the end is kept."""
    _mount("-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m", "tmpfs", str(place.work))
    try:
        place.restore()
        yield
        saved = place.work.with_name("saved")
        shutil.copytree(place.work, saved)
    finally:
        subprocess.run(["umount", "--lazy", str(place.work)], check=True)
    place.clear(*(path.name for path in place.work.iterdir()))
    shutil.copytree(saved, place.work, dirs_exist_ok=True)
    shutil.rmtree(saved)


@contextmanager
def read_only(place: Place) -> Iterator[None]:
    """The place's disk as one that can only be read."""
    _mount("-o", "remount,ro", str(place.work))
    yield
    _mount("-o", "remount,rw", str(place.work))


@contextmanager
def read_only_cache(place: Place) -> Iterator[None]:
    """The cache alone as a folder that can only be read."""
    cache = str(place.work / "cache")
    _mount("--bind", cache, cache)
    try:
        _mount("-o", "remount,ro,bind", cache)
        yield
    finally:
        subprocess.run(["umount", "--lazy", cache], check=True)


def fill(place: Place, left: int) -> Path:
    """A file that leaves so many bytes on the place's disk."""
    ballast = place.work / "ballast"
    ballast.write_bytes(bytes(max(0, shutil.disk_usage(place.work).free - left)))
    return ballast


def damage(path: Path, rng: Random) -> None:
    """A byte flipped, or a file cut, emptied, overwritten, grown or gone."""
    data = bytearray(path.read_bytes())
    at = rng.randrange(len(data))
    match rng.choice(("flip", "flip", "flip", "cut", "empty", "overwrite", "grow", "gone")):
        case "flip":
            data[at] ^= 1 << rng.randrange(8)
        case "cut":
            del data[at:]
        case "empty":
            data.clear()
        case "overwrite":
            data[at : at + STRETCH] = rng.randbytes(min(STRETCH, len(data) - at))
        case "grow":
            data += rng.randbytes(STRETCH)
        case "gone":
            path.unlink()
            return
    path.write_bytes(data)


def befall(image: Path, what: str, other: bytes) -> None:
    """An image vanishes, shrinks, becomes another or turns into what is no file."""
    if not image.is_file():
        return
    match what:
        case "shrink":
            os.truncate(image, image.stat().st_size // 2)
        case "become another":
            image.write_bytes(other)
        case "vanish":
            image.unlink()
        case "turn into a folder":
            image.unlink()
            image.mkdir()
        case "turn into a pipe":
            image.unlink()
            os.mkfifo(image)
        case "turn into a device":
            image.unlink()
            image.symlink_to("/dev/zero")


BEFALLS = (
    *("shrink", "become another", "vanish"),
    *("turn into a folder", "turn into a pipe", "turn into a device"),
)


def _mount(*arguments: str) -> None:
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True)
    if done.returncode:
        raise Unavailable(done.stderr.strip())
