"""The one model's queue: a bounded number of films, taken in batches by one thread."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Condition
from typing import Generic, TypeVar

from errors import Busy

Film = TypeVar("Film")
Found = TypeVar("Found")

FILMS_AT_ONCE = 4
# Seconds that a batch may wait for films that are inside and not ready yet.
LINGER = 0.05


class ModelQueue(Generic[Film, Found]):
    """Films for `compute`, which takes up to `at_once` of them; `room` is for all that are inside.

    Films that come while others are computed wait together, and are the next batch. A batch that
    is not full waits a little for those that are on their way, because its room costs as much.
    """

    def __init__(
        self, compute: Callable[[list[Film]], list[Found]], at_once: int, room: int
    ) -> None:
        self.compute, self.at_once, self.room = compute, at_once, room
        self.inside, self.batches = 0, 0
        self._waiting: deque[tuple[Film, Future[Found]]] = deque()
        self._changed = Condition()
        self._thread = ThreadPoolExecutor(1, "model")

    @contextmanager
    def admitted(self, count: int) -> Iterator[None]:
        """A place for so many films until they are answered; without room it raises."""
        with self._changed:
            if self.inside + count > self.room:
                raise Busy(f"The server is busy with {self.inside} films; try again in a second.")
            self.inside += count
        try:
            yield
        finally:
            with self._changed:
                self.inside -= count
                self._changed.notify()

    def submit(self, film: Film) -> Future[Found]:
        """What `compute` gives for a film, once its turn has come."""
        future: Future[Found] = Future()
        with self._changed:
            self._waiting.append((film, future))
            self._changed.notify()
        self._thread.submit(self._take)
        return future

    def run(self, task: Callable[[], Found]) -> Future[Found]:
        """What another task gives that needs the model."""
        return self._thread.submit(task)

    def close(self) -> None:
        """Finish what waits."""
        self._thread.shutdown()

    def _take(self) -> None:
        """One batch of those that wait; an earlier one may have taken them all."""
        if not self._waiting:
            return
        with self._changed:
            self._changed.wait_for(self._filled, LINGER)
            taken = [self._waiting.popleft() for _ in range(min(self.at_once, len(self._waiting)))]
        self.batches += 1
        try:
            found = self.compute([film for film, _ in taken])
        except Exception as error:  # Whatever it is, those who wait must hear of it.
            for _, future in taken:
                future.set_exception(error)
            return
        for (_, future), each in zip(taken, found, strict=True):
            future.set_result(each)

    def _filled(self) -> bool:
        """Whether no more films can come that would be computed at once."""
        return len(self._waiting) >= min(self.at_once, self.inside)
