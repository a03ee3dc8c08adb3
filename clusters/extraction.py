"""Extraction by workers: the job of a worker, its work on a chunk, and its report.

Only plain data is sent: ids and paths of images to workers, digests and names of parts back.
Features and learned states are in the cache folder, which all must share.
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
from datasets.image_change import Change
from errors import ClusterUnusable, StorageFailed
from features import extraction_loop, extraction_plan, locks
from features.branch import ROWS_PER_PART, Branch
from features.extraction_plan import Chunk, Crew, Plan, Seen, Task
from features.extractor import Extractor, learns
from features.recipe import (
    Recipe,
    differing,
    digest,
    fingerprint,
    recipe_of,
    without_change,
)
from features.store import FeatureStore

PROJECT = Path(__file__).resolve().parents[1]
# All code that a worker may run; predictions use all rooms.
ROOMS = (
    *("datasets", "features", "models", "evaluation", "inference", "clusters"),
    *("reports", "serving", "pipelines"),
)
# Only the client knows which images an extractor learned from.
NOT_THE_WORKERS = "trained_on"

extractors_made: dict[tuple[Path, str, str, str], Extractor] = {}
_making = Lock()


class Order(NamedTuple):
    """How a worker makes a branch: options, the recipe to match, the learned state, the change."""

    options: dict[str, Any]
    recipe: Recipe
    learned: str
    change: Change | None = None


class Job(NamedTuple):
    """What a worker needs besides its images; `witnesses` are files that it must see."""

    cache: Path
    code: str
    witnesses: tuple[Path, ...]
    orders: dict[str, Order]


class Report(NamedTuple):
    """The result of a chunk: the state of its files, and by branch the names of parts written."""

    seen: list[Seen]
    written: dict[str, list[str]]
    computed: dict[str, int]


@dataclass(frozen=True)
class Away:
    """Extraction by a crew into the stores of these branches."""

    job: Job
    branches: dict[str, Branch]
    crew: Crew
    # Numbers per image of each branch.
    widths: dict[str, int]

    def work(self, plan: Plan) -> Iterator[tuple[Task, Seen]]:
        """Each finished task, whose features are written, with the state of its file."""
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
    """The crew at work on a plan, after a check that it sees the same cache."""
    token = cache.resolve() / f".{uuid4().hex}.tmp"
    owner = locks.Owner()
    _touch(token, owner)
    images = (Path(task.path).resolve() for task in plan.tasks())
    image = next((path for path in images if path.is_file()), token)
    orders = {
        name: Order(
            branch.extractor.get_params(),
            branch.store.recipe,
            branch.store.learned_digest,
            branch.change,
        )
        for name, branch in branches.items()
    }
    try:
        job = Job(cache.resolve(), code(), (token, image), orders)
        # Afterwards every worker has made all extractors.
        widths = crew.everywhere(partial(_widths, job))[0]
        yield Away(job, branches, crew, widths)
    finally:
        token.unlink(missing_ok=True)


def _touch(token: Path, owner: Any) -> None:
    """Create a file that workers must see; `cache prune` keeps it as long as its owner lives."""
    try:
        token.touch()
    except OSError as error:
        raise StorageFailed(
            f"Workers need a cache that they can write to; {token.parent} cannot be written"
            f" ({storage.reason(error)}). {storage.advice(error, '--cache')}."
        ) from error
    locks.share(token, owner)


def work(job: Job, chunk: Chunk) -> Report:
    """The work on a chunk; the same chunk gives the same files on every worker."""
    branches = made(job)
    seen = [each for _, each in extraction_loop.worked(chunk, branches, 1)]
    return Report(
        seen,
        {name: branch.parts for name, branch in branches.items()},
        {name: branch.computed for name, branch in branches.items()},
    )


def made(job: Job) -> dict[str, Branch]:
    """New branches of extractors that this process makes once."""
    check(job.witnesses, job.code)
    one_thread()
    branches = {}
    for name, order in job.orders.items():
        store = FeatureStore(job.cache, order.recipe, used=False)
        with _making:
            # Workers compute features of unchanged and of changed images with one extractor.
            unchanged = fingerprint(without_change(order.recipe))
            key = (job.cache, unchanged, order.learned, repr(order.options))
            if key not in extractors_made:
                extractors_made[key] = extractor_of(order, store)
        store.learned_digest = order.learned
        branches[name] = Branch(extractors_made[key], store, order.change, inf)
    return branches


@cache
def code() -> str:
    """The digest of the source code that this process runs."""
    rooms = (path for room in ROOMS for path in (PROJECT / room).rglob("*.py"))
    files = sorted([*PROJECT.glob("*.py"), *rooms])
    named = (f"{path.relative_to(PROJECT)}\n".encode() + path.read_bytes() for path in files)
    return digest(b"".join(named))


def check(witnesses: tuple[Path, ...], source: str) -> None:
    """Refuse to work if this worker sees other files or runs other code than the client."""
    for path in witnesses:
        if not path.is_file():
            raise ClusterUnusable(
                f"Workers must see the same cache and images as the client; {socket.gethostname()}"
                f" has no {path}. Put both on a file system that all share: --cache, --data."
            )
    if code() != source:
        raise ClusterUnusable(
            "Workers must run the same version of the program as the client;"
            f" {socket.gethostname()} runs another one in {PROJECT}. Update it and restart its"
            " workers."
        )


def _widths(job: Job) -> dict[str, int]:
    return {name: branch.extractor.width for name, branch in made(job).items()}


@cache
def one_thread() -> None:
    """Limit BLAS to one thread in this process for good.

    Chunks in parallel threads would reset each other's temporary limits.
    """
    threadpool_limits(1, "blas")


def _anywhere(chunk: Chunk) -> Chunk:
    """The chunk with absolute paths."""
    return tuple(task._replace(path=os.path.abspath(task.path)) for task in chunk)


def extractor_of(order: Order, store: FeatureStore) -> Extractor:
    """The extractor of an order, checked to compute what the client would."""
    # Chunks are spread over threads and processes already.
    options = order.options | ({"n_jobs": 1} if "n_jobs" in order.options else {})
    extractor: Extractor = registry.load(features.extractors, store.name)(**options)
    recipe = recipe_of(store.name, extractor, np.array([]), order.recipe["libraries"])
    other = differing(recipe, order.recipe, NOT_THE_WORKERS)
    if other:
        fact = other[0]
        raise ClusterUnusable(
            f"Workers must compute the same features as the client; on {socket.gethostname()} the"
            f" {fact} of {store.name} is {recipe[fact]}, on the client {order.recipe[fact]}."
            " Install the same versions, and choose a --precision that both support."
        )
    if learns(extractor) and not store.load_learned(extractor, order.learned):
        raise ClusterUnusable(
            f"Workers must find what {store.name} learned; {socket.gethostname()} has no such file"
            f" in {store.folder}. Run the command again."
        )
    return extractor
