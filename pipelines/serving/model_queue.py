"""The one model's queue: a bounded number of films, taken in batches by one thread."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Lock
from typing import Generic, TypeVar

from errors import Busy

Film = TypeVar("Film")
Found = TypeVar("Found")


class ModelQueue(Generic[Film, Found]):
    """Films for `compute`, which takes up to `at_once` of them; `room` is for all that are inside.

    Films that come while others are computed wait together, and are the next batch.
    """

    def __init__(
        self, compute: Callable[[list[Film]], list[Found]], at_once: int, room: int
    ) -> None:
        self.compute, self.at_once, self.room = compute, at_once, room
        self.inside, self.batches = 0, 0
        self._waiting: deque[tuple[Film, Future[Found]]] = deque()
        self._lock = Lock()
        self._thread = ThreadPoolExecutor(1, "model")

    @contextmanager
    def admitted(self, count: int) -> Iterator[None]:
        """A place for so many films until they are answered; without room it raises."""
        with self._lock:
            if self.inside + count > self.room:
                raise Busy(f"The server is busy with {self.inside} films; try again in a second.")
            self.inside += count
        try:
            yield
        finally:
            with self._lock:
                self.inside -= count

    def submit(self, film: Film) -> Future[Found]:
        """What `compute` gives for a film, once its turn has come."""
        future: Future[Found] = Future()
        self._waiting.append((film, future))
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
        taken = [self._waiting.popleft() for _ in range(min(self.at_once, len(self._waiting)))]
        if not taken:
            return
        self.batches += 1
        try:
            found = self.compute([film for film, _ in taken])
        except Exception as error:  # Whatever it is, those who wait must hear of it.
            for _, future in taken:
                future.set_exception(error)
            return
        for (_, future), each in zip(taken, found, strict=True):
            future.set_result(each)
