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

from datasets import images
from datasets.films import Films, Skipped
from errors import ImageUnreadable
from features.digests import Digests, State, state_of
from features.recipe import digest
from features.store import FeatureStore
from progress import say, track

AHEAD_PER_JOB = 16
ROWS_PER_PART = 512
SECONDS_PER_PART = 10.0

Item = TypeVar("Item")
Made = TypeVar("Made")


class Task(NamedTuple):
    """A film and the branches that lack it."""

    id: str
    path: str
    branches: tuple[str, ...]


class Done(NamedTuple):
    """What threads made of a task; `error` says why nothing."""

    task: Task
    state: State | None
    digest: str
    prepared: dict[str, np.ndarray]
    error: str


@dataclass
class Branch:
    """An extractor with its store, and the rows that are not written yet."""

    extractor: Any
    store: FeatureStore
    computed: int = 0
    _ids: list[str] = field(default_factory=list)
    _digests: list[str] = field(default_factory=list)
    _rows: list[np.ndarray] = field(default_factory=list)
    _waiting: list[np.ndarray] = field(default_factory=list)
    _written: float = field(default_factory=time.monotonic)

    @property
    def batched(self) -> bool:
        """Whether the extractor wants preprocessed films in batches, as networks do."""
        return hasattr(self.extractor, "transform_images")

    def prepare(self, plane: np.ndarray) -> np.ndarray:
        """What a thread can do of the work: the vector, or a network's input."""
        if self.batched:
            return self.extractor.preprocessing(plane)
        return self.extractor.transform([plane])[0]

    def accept(self, film: str, film_digest: str, prepared: np.ndarray) -> None:
        """Take a film in; compute when a batch is full, write when a part is."""
        self._ids.append(film)
        self._digests.append(film_digest)
        (self._waiting if self.batched else self._rows).append(prepared)
        if self.batched and len(self._waiting) >= self.extractor.batch_size:
            self._compute()
        late = time.monotonic() - self._written > SECONDS_PER_PART
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
        self.store.write(self._ids[:count], self._digests[:count], np.stack(self._rows))
        self.computed += count
        del self._ids[:count], self._digests[:count]
        self._rows.clear()
        self._written = time.monotonic()


def extract(
    films: Films, branches: dict[str, Branch], digests: Digests, jobs: int
) -> list[Skipped]:
    """Every film's vector in every store; the films that could not be read."""
    cv2.setNumThreads(1)
    # One BLAS thread a worker: no oversubscription, and sums in one order always.
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(jobs) as pool:
        look_again(films, branches, digests, pool)
        tasks = list(_tasks(films, branches, digests))
        work = ahead(pool, lambda task: _work(task, branches), tasks, AHEAD_PER_JOB * jobs)
        skipped = []
        for done in track(work, "extracting", len(tasks)):
            digests.remember(done.task.path, done.state, done.digest)
            if done.error:
                skipped.append(Skipped(done.task.id, done.error))
            for name, prepared in done.prepared.items():
                branches[name].accept(done.task.id, done.digest, prepared)
        for branch in branches.values():
            branch.finish()
    digests.save()
    return skipped


def look_again(
    films: Films, branches: dict[str, Branch], digests: Digests, pool: ThreadPoolExecutor
) -> None:
    """Digest the files of films that are in a store but may have changed since."""
    stored = set().union(*(branch.store.ids for branch in branches.values()))
    paths = [
        path
        for film, path in zip(films.ids, films.paths, strict=True)
        if film in stored and not digests.of(path)
    ]
    work = ahead(pool, _digest_file, paths, AHEAD_PER_JOB * 4)
    for path, state, found in track(work, "looking for changed films", len(paths)):
        digests.remember(path, state, found)


def learn(branch: Branch, films: Films, jobs: int) -> None:
    """Give a branch's extractor what it learned before, or let it learn from training films."""
    extractor, store = branch.extractor, branch.store
    if not extractor.learns or store.load_learned(extractor):
        return
    say(f"{store.name}: learning from training films")
    paths = films.paths[films.train]
    order = np.random.default_rng(extractor.seed).permutation(len(paths))
    found: list[str] = []
    cv2.setNumThreads(1)
    with ThreadPoolExecutor(jobs) as pool:
        planes = _readable(ahead(pool, _decode_file, paths[order], 2 * jobs), found)
        extractor.fit(_at_most(planes, extractor.sample_films))
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


def _tasks(films: Films, branches: dict[str, Branch], digests: Digests) -> Iterator[Task]:
    for film, path in zip(films.ids, films.paths, strict=True):
        known = digests.of(path)
        lacking = tuple(name for name in branches if known not in branches[name].store.rows)
        if lacking:
            yield Task(film, path, lacking)


def _work(task: Task, branches: dict[str, Branch]) -> Done:
    state = state_of(task.path)
    try:
        data = images.read_bytes(task.path)
        plane = images.decode(data)
    except ImageUnreadable as error:
        return Done(task, None, "", {}, str(error))
    prepared = {name: branches[name].prepare(plane) for name in task.branches}
    return Done(task, state, digest(data), prepared, "")


def _digest_file(path: str) -> tuple[str, State | None, str]:
    state = state_of(path)
    try:
        return path, state, digest(images.read_bytes(path))
    except ImageUnreadable:
        return path, None, ""


def _decode_file(path: str) -> tuple[str, np.ndarray] | None:
    try:
        data = images.read_bytes(path)
        return digest(data), images.decode(data)
    except ImageUnreadable:
        return None


def _readable(
    decoded: Iterable[tuple[str, np.ndarray] | None], found: list[str]
) -> Iterator[np.ndarray]:
    """Planes of films that could be read; their digests are added to `found`."""
    for film in decoded:
        if film:
            found.append(film[0])
            yield film[1]


def _at_most(items: Iterator[Item], count: int) -> Iterator[Item]:
    return (item for _, item in zip(range(count), items, strict=False))
