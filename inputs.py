"""What a run reads, by digest: noted where it is read, and compared when the run is repeated.

Outside of `watching` nothing is noted, so Python code that calls the library needs no preparation.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

import storage
from errors import InvalidOption

DATA, FILES, IMAGES, WEIGHTS = "data", "files", "images", "weights"
Tables = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Expected:
    """The inputs of an earlier run: digests by table and name, image digests, and its file."""

    tables: Tables
    images: Mapping[str, str]
    origin: Path


@dataclass
class Seen:
    """The inputs of a run so far: digests by table and name, and those of image files by id."""

    tables: Tables = field(default_factory=dict)
    images: dict[str, str] = field(default_factory=dict)


_expected: ContextVar[Expected | None] = ContextVar("expected", default=None)
_seen: ContextVar[Seen | None] = ContextVar("seen", default=None)


@contextmanager
def expecting(expected: Expected | None) -> Iterator[None]:
    """A context in which other inputs than those of an earlier run are refused."""
    before = _expected.set(expected)
    try:
        yield
    finally:
        _expected.reset(before)


@contextmanager
def watching() -> Iterator[Seen]:
    """A context that notes what is read."""
    seen = Seen()
    before = _seen.set(seen)
    try:
        yield seen
    finally:
        _seen.reset(before)


def is_watched() -> bool:
    """Whether a running command notes what is read."""
    return _seen.get() is not None


def note(table: str, name: str, content: bytes | str, what: str) -> None:
    """Note an input by its content or digest; one that has changed since raises InvalidOption."""
    seen, expected = _seen.get(), _expected.get()
    if seen is None:
        return
    found = content if isinstance(content, str) else storage.sha256_of(content)
    seen.tables.setdefault(table, {})[name] = found
    if expected and expected.tables.get(table, {}).get(name, found) != found:
        raise InvalidOption(_changed(what, expected.origin))


def note_file(path: Path) -> None:
    """Note a file that an option names."""
    if is_watched() and path.is_file():
        note(FILES, str(path), storage.sha256_of_file(path), str(path))


def note_images(source: str, paths: Mapping[str, str], digests: Iterable[str]) -> None:
    """Note the image files of a data set, by id and path, with the digest of each."""
    seen, expected = _seen.get(), _expected.get()
    if seen is None:
        return
    seen.images.update(zip(paths, digests, strict=True))
    if expected:
        for name, found in seen.images.items():
            if expected.images.get(name, found) != found:
                raise InvalidOption(_changed(paths.get(name, name), expected.origin))
    rows = "\n".join(f"{name} {seen.images[name]}" for name in sorted(seen.images))
    note(IMAGES, source, rows.encode(), f"An image file of {source}")


def _changed(what: str, origin: Path) -> str:
    return (
        f"{what} must be unchanged since {origin} was written; this input has changed. Restore it,"
        f" or delete [inputs] from {origin.name} to run on what is there now."
    )
