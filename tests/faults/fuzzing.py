"""Hostile inputs by the thousand: each must be read, or refused in one sentence, in good time."""

import json
import resource
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import hypothesis
from hypothesis import HealthCheck, Phase, strategies

from errors import HybridError
from tests.faults.forks import Child

SECONDS = 10
LONGEST = 3600
# What a reader may take beyond what is there when it begins.
MEMORY = 2 * 2**30


class Reader(NamedTuple):
    """A strategy for inputs, and what reads one: gives a sensible value or raises HybridError."""

    inputs: strategies.SearchStrategy
    read: Callable[[Any], object]


class TookTooLong(Exception):
    """An input that keeps its reader busy."""


def fuzzed(reader: Reader, count: int, seed: int) -> Counter:
    """How many inputs were read and how many refused; anything else raises, its input shrunk."""
    told: Counter = Counter()

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
    @hypothesis.given(reader.inputs)
    def one(value):
        with in_good_time():
            told[_came_of(reader, value)] += 1

    one()
    return told


def fuzzed_apart(make: Callable[[Path], Reader], count: int, seed: int) -> tuple[Counter, str]:
    """The same in a child with little memory: the counts, and what went wrong."""

    def call() -> None:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * resource.getpagesize() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        with TemporaryDirectory() as name:
            print(json.dumps(fuzzed(make(Path(name) / "place"), count, seed)))

    ended = Child(call, seconds=LONGEST).ended()
    if ended.how != "done":
        return Counter(), f"{ended.how}, code {ended.code}: {ended.err[-5000:]}"
    return Counter(json.loads(ended.out.splitlines()[-1])), ""


@contextmanager
def in_good_time() -> Iterator[None]:
    """Raises where work takes too much of a processor's time."""

    def stop(*_: object) -> None:
        raise TookTooLong

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _came_of(reader: Reader, value: object) -> str:
    try:
        reader.read(value)
    except HybridError as error:
        told = str(error)
    else:
        return "read"
    assert told.strip()
    assert "Traceback" not in told
    return "refused"
