"""Films to vectors in one pass: each film is read and decoded once for all extractors that lack it.

Reading, decoding and hand-crafted extractors run in threads (OpenCV and Pillow release Python's
lock); batches for networks are computed beside them. Only so many films are ahead at a time, so
memory stays flat however many there are.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

import cv2
import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from datasets import image_files
from datasets.images import Images, Skipped
from errors import ImageUnreadable
from features import extraction_plan
from features.digests import Digests, State, state_of
from features.extraction_plan import Plan, Task
from features.recipe import digest
from features.store import FeatureStore
from progress import say, track

AHEAD_PER_JOB = 16
ROWS_PER_PART = 512
SECONDS_PER_PART = 10.0

Item = TypeVar("Item")
Made = TypeVar("Made")


class Seen(NamedTuple):
    """A film's file as it was read; `error` says why it could not be."""

    state: State | None
    digest: str
    error: str = ""


class Done(NamedTuple):
    """What threads made of a task."""

    task: Task
    seen: Seen
    prepared: dict[str, np.ndarray]


@dataclass
class Branch:
    """An extractor with its store, and the rows that are not written yet."""

    extractor: Any
    store: FeatureStore
    # Where a part is all that a process is trusted with, it is written whole or not at all.
    seconds_per_part: float = SECONDS_PER_PART
    computed: int = 0
    parts: list[str] = field(default_factory=list)
    _ids: list[str] = field(default_factory=list)
    _digests: list[str] = field(default_factory=list)
    _rows: list[np.ndarray] = field(default_factory=list)
    _waiting: list[np.ndarray] = field(default_factory=list)
    _written: float = field(default_factory=time.monotonic)

    def accept(self, image: str, image_digest: str, prepared: np.ndarray) -> None:
        """Take a film in; compute when every device has a batch, write when a part is full."""
        self._ids.append(image)
        self._digests.append(image_digest)
        (self._waiting if batched(self.extractor) else self._rows).append(prepared)
        if self._waiting and len(self._waiting) >= self.extractor.images_at_once:
            self._compute()
        late = time.monotonic() - self._written > self.seconds_per_part
        if len(self._rows) >= ROWS_PER_PART or (late and self._rows):
            self._write()

    def finish(self) -> None:
        """Compute and write what is left."""
        if self._waiting:
            self._compute()
        if self._rows:
            self._write()

    def _compute(self) -> None:
        self._rows.extend(self.extractor.transform_images(np.stack(self._waiting)))
        self._waiting.clear()

    def _write(self) -> None:
        count = len(self._rows)
        rows = np.stack(self._rows)
        self.parts.append(self.store.write(self._ids[:count], self._digests[:count], rows))
        self.computed += count
        del self._ids[:count], self._digests[:count]
        self._rows.clear()
        self._written = time.monotonic()


def batched(extractor: Any) -> bool:
    """Whether an extractor wants preprocessed films in batches, as networks do."""
    return hasattr(extractor, "transform_images")


def prepare(extractor: Any, plane: np.ndarray) -> np.ndarray:
    """What a thread can do of an extractor's work: the vector, or a network's input."""
    made = extractor.preprocessing(plane) if batched(extractor) else extractor.transform([plane])[0]
    return np.asarray(made)


def planned(images: Images, branches: dict[str, Branch], digests: Digests, jobs: int) -> Plan:
    """What the branches lack of the films, once those that may have changed are looked at again."""
    look_again(images, branches, digests, jobs)
    return extraction_plan.plan(images, branches, digests)


def extract(
    plan: Plan,
    branches: dict[str, Branch],
    digests: Digests,
    jobs: int,
    elsewhere: Callable[[Plan], Iterable[tuple[Task, Seen]]] | None = None,
) -> list[Skipped]:
    """Every vector that is planned in its store, by threads here or as `elsewhere` does it.

    Gives the films that could not be read.
    """
    done = elsewhere(plan) if elsewhere else worked(plan.tasks(), branches, jobs)
    skipped = []
    for task, seen in track(done, "extracting", len(plan)):
        digests.remember(task.path, seen.state, seen.digest)
        if seen.error:
            skipped.append(Skipped(task.id, seen.error))
    digests.save()
    return skipped


def worked(
    tasks: Iterable[Task], branches: dict[str, Branch], jobs: int
) -> Iterator[tuple[Task, Seen]]:
    """Each task, once its vectors are on the way to their stores, and what was seen of its film."""
    cv2.setNumThreads(1)
    # One BLAS thread a worker: no oversubscription, and sums in one order always.
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(jobs) as pool:
        for done in ahead(pool, lambda task: _work(task, branches), tasks, AHEAD_PER_JOB * jobs):
            for name, prepared in done.prepared.items():
                branches[name].accept(done.task.id, done.seen.digest, prepared)
            yield done.task, done.seen
        for branch in branches.values():
            branch.finish()


def look_again(images: Images, branches: dict[str, Branch], digests: Digests, jobs: int) -> None:
    """Digest the files of films that are in a store but may have changed since."""
    stored = np.any([branch.store.may_hold(images.ids) for branch in branches.values()], axis=0)
    paths = [path for path in images.paths[stored] if not digests.of(path)]
    with ThreadPoolExecutor(jobs) as pool:
        work = ahead(pool, _digest_file, paths, AHEAD_PER_JOB * 4)
        for path, seen in track(work, "looking for changed films", len(paths)):
            digests.remember(path, seen.state, seen.digest)


def learn(branch: Branch, images: Images, jobs: int) -> None:
    """Give a branch's extractor what it learned before, or let it learn from training films."""
    extractor, store = branch.extractor, branch.store
    if not extractor.learns or store.load_learned(extractor):
        return
    say(f"{store.name}: learning from training films")
    paths = images.paths[images.train]
    order = np.random.default_rng(extractor.seed).permutation(len(paths))
    found: list[str] = []
    cv2.setNumThreads(1)
    with ThreadPoolExecutor(jobs) as pool:
        planes = _readable(ahead(pool, _decode_file, paths[order], 2 * jobs), found)
        extractor.fit(_at_most(planes, extractor.sample_images))
    extractor.learned_from_ = np.array(found)
    store.save_learned(extractor)


def ahead(
    pool: ThreadPoolExecutor, make: Callable[[Item], Made], items: Iterable[Item], window: int
) -> Iterator[Made]:
    """What `make` gives for each item, in order, with at most `window` of them under way."""
    under_way: deque[Future[Made]] = deque()
    for item in items:
        under_way.append(pool.submit(make, item))
        if len(under_way) >= window:
            yield under_way.popleft().result()
    while under_way:
        yield under_way.popleft().result()


def _work(task: Task, branches: dict[str, Branch]) -> Done:
    state = state_of(task.path)
    try:
        data = image_files.read_bytes(task.path)
        plane = image_files.decode(data, task.path)
    except ImageUnreadable as error:
        return Done(task, Seen(None, "", str(error)), {})
    prepared = {name: prepare(branches[name].extractor, plane) for name in task.branches}
    return Done(task, Seen(state, digest(data)), prepared)


def _digest_file(path: str) -> tuple[str, Seen]:
    state = state_of(path)
    try:
        return path, Seen(state, digest(image_files.read_bytes(path)))
    except ImageUnreadable as error:
        return path, Seen(None, "", str(error))


def _decode_file(path: str) -> tuple[str, np.ndarray] | None:
    try:
        data = image_files.read_bytes(path)
        return digest(data), image_files.decode(data, path)
    except ImageUnreadable:
        return None


def _readable(
    decoded: Iterable[tuple[str, np.ndarray] | None], found: list[str]
) -> Iterator[np.ndarray]:
    """Planes of films that could be read; their digests are added to `found`."""
    for image in decoded:
        if image:
            found.append(image[0])
            yield image[1]


def _at_most(items: Iterator[Item], count: int) -> Iterator[Item]:
    return (item for _, item in zip(range(count), items, strict=False))
