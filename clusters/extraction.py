"""Extraction by workers: what a worker is told, what it does with a part, what it reports.

Only plain data crosses the wire: images' names and paths one way, digests and names of parts the
other. Vectors, and what extractors learned, are in the cache folder, which all must share.
"""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from itertools import tee
from math import inf
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple
from uuid import uuid4

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

import features.extractors
import registry
import storage
from errors import ClusterUnusable, StorageFailed
from features import extraction_loop, extraction_plan, locks
from features.branch import ROWS_PER_PART, Branch
from features.extraction_plan import Chunk, Crew, Plan, Seen, Task
from features.extractor import Extractor, learns
from features.recipe import Recipe, differing, digest, recipe_of
from features.store import FeatureStore

PROJECT = Path(__file__).resolve().parents[1]
# Everything that a worker may run; predictions take code of all of them.
ROOMS = (
    *("datasets", "features", "models", "evaluation", "inference", "clusters"),
    *("reports", "serving", "pipelines"),
)
# Which images an extractor learned from is the client's to know.
NOT_THE_WORKERS = "trained_on"

_extractors: dict[tuple[Path, str, str], Extractor] = {}
_making = Lock()


class Order(NamedTuple):
    """How a worker makes a branch: options, the recipe it must fulfil, which learned state."""

    options: dict[str, Any]
    recipe: Recipe
    learned: str


class Job(NamedTuple):
    """What a worker must know beside its images; `witnesses` are files that it must see."""

    cache: Path
    code: str
    witnesses: tuple[Path, ...]
    orders: dict[str, Order]


class Report(NamedTuple):
    """What became of a part: its images' files, the names of what was written, by branch."""

    seen: list[Seen]
    written: dict[str, list[str]]
    computed: dict[str, int]


@dataclass(frozen=True)
class Away:
    """Extraction by a crew, into the stores of these branches."""

    job: Job
    branches: dict[str, Branch]
    crew: Crew
    # Numbers an image of each branch.
    widths: dict[str, int]

    def work(self, plan: Plan) -> Iterator[tuple[Task, Seen]]:
        """Each task that is done, its vectors written, and what was seen of its image."""
        planned, waiting = tee(plan.chunks(self.crew.slots, ROWS_PER_PART))
        reports = self.crew.results(
            partial(work, self.job), map(_anywhere, planned), extraction_plan.described
        )
        for chunk, report in zip(waiting, reports, strict=True):
            for name, branch in self.branches.items():
                branch.store.take_in(report.written[name])
                branch.computed += report.computed[name]
            yield from zip(chunk, report.seen, strict=True)


@contextmanager
def away(branches: dict[str, Branch], plan: Plan, cache: Path, crew: Crew) -> Iterator[Away]:
    """The crew at work on what is planned, as long as it can see that the cache is the same."""
    token = cache.resolve() / f".{uuid4().hex}.tmp"
    owner = locks.Owner()
    _touch(token, owner)
    images = (Path(task.path).resolve() for task in plan.tasks())
    image = next((path for path in images if path.is_file()), token)
    orders = {
        name: Order(branch.extractor.get_params(), branch.store.recipe, branch.store.learned_digest)
        for name, branch in branches.items()
    }
    try:
        job = Job(cache.resolve(), code(), (token, image), orders)
        # Every worker has all at hand afterwards.
        widths = crew.everywhere(partial(_widths, job))[0]
        yield Away(job, branches, crew, widths)
    finally:
        token.unlink(missing_ok=True)


def _touch(token: Path, owner: Any) -> None:
    """Make a file that workers must see, which `cache prune` leaves as long as its owner lives."""
    try:
        token.touch()
    except OSError as error:
        raise StorageFailed(
            f"Workers need a cache that they can write to; {token.parent} cannot be written"
            f" ({storage.reason(error)}). {storage.advice(error, '--cache')}."
        ) from error
    locks.share(token, owner)


def work(job: Job, chunk: Chunk) -> Report:
    """What a worker does with a part; the same part gives the same files, whoever works on it."""
    branches = made(job)
    seen = [found for _, found in extraction_loop.worked(chunk, branches, 1)]
    return Report(
        seen,
        {name: branch.parts for name, branch in branches.items()},
        {name: branch.computed for name, branch in branches.items()},
    )


def made(job: Job) -> dict[str, Branch]:
    """Branches with nothing in them yet, by extractors that this process makes once."""
    check(job.witnesses, job.code)
    one_thread()
    branches = {}
    for name, order in job.orders.items():
        store = FeatureStore(job.cache, order.recipe, used=False)
        with _making:
            key = (store.folder, order.learned, repr(order.options))
            if key not in _extractors:
                _extractors[key] = _extractor(order, store)
        store.learned_digest = order.learned
        branches[name] = Branch(_extractors[key], store, seconds_per_part=inf)
    return branches


@cache
def code() -> str:
    """Digest of the source that this process runs."""
    rooms = (path for room in ROOMS for path in (PROJECT / room).rglob("*.py"))
    files = sorted([*PROJECT.glob("*.py"), *rooms])
    named = (f"{path.relative_to(PROJECT)}\n".encode() + path.read_bytes() for path in files)
    return digest(b"".join(named))


def check(witnesses: tuple[Path, ...], source: str) -> None:
    """Refuse to work on other files, or with another version of the program, than the client."""
    for path in witnesses:
        if not path.is_file():
            raise ClusterUnusable(
                f"Workers must see the client's cache and images; {socket.gethostname()} has no"
                f" {path}. Put both on a file system that all share: --cache, --data."
            )
    if code() != source:
        raise ClusterUnusable(
            f"Workers must run the client's version of the program; {socket.gethostname()} runs"
            f" another one in {PROJECT}. Bring it up to date and start its workers again."
        )


def _widths(job: Job) -> dict[str, int]:
    return {name: branch.extractor.width for name, branch in made(job).items()}


@cache
def one_thread() -> None:
    """Let BLAS use one thread in this process, for good.

    Parts that run beside each other would lift each other's limits.
    """
    threadpool_limits(1, "blas")


def _anywhere(chunk: Chunk) -> Chunk:
    """The part as it is found from any working directory."""
    return tuple(task._replace(path=os.path.abspath(task.path)) for task in chunk)


def _extractor(order: Order, store: FeatureStore) -> Extractor:
    extractor: Extractor = registry.load(features.extractors, store.name)(**order.options)
    found = recipe_of(store.name, extractor, np.array([]), order.recipe["libraries"])
    other = differing(found, order.recipe, NOT_THE_WORKERS)
    if other:
        fact = other[0]
        raise ClusterUnusable(
            f"Workers must compute what the client would; on {socket.gethostname()} the {fact} of"
            f" {store.name} is {found[fact]}, the client's {order.recipe[fact]}. Install the same"
            " versions, and name a --precision that both have."
        )
    if learns(extractor) and not store.load_learned(extractor, order.learned):
        raise ClusterUnusable(
            f"Workers must find what {store.name} learned; {socket.gethostname()} has no such file"
            f" in {store.folder}. Run the command again."
        )
    return extractor
