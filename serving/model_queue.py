"""The one model's queue: a bounded number of images, taken in batches by one thread."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from threading import Condition
from typing import Generic, TypeVar

from errors import Busy, UploadRefused

Image = TypeVar("Image")
Found = TypeVar("Found")

IMAGES_AT_ONCE = 4
# Seconds that a batch may wait for films that are inside and not ready yet.
LINGER = 0.05


class ModelQueue(Generic[Image, Found]):
    """Films for `compute`, which takes up to `at_once` of them; `room` is for all that are inside.

    A film takes one place for each of its versions: itself, and what augmentation makes of it.
    Films that come while others are computed wait together, and are the next batch. A batch that
    is not full waits a little for those that are on their way, because its room costs as much.
    """

    def __init__(
        self, compute: Callable[[list[Image]], list[Found]], at_once: int, room: int
    ) -> None:
        self.compute, self.at_once, self.room = compute, at_once, room
        self.inside, self.images, self.batches = 0, 0, 0
        self._waiting: deque[tuple[Image, Future[Found]]] = deque()
        self._changed = Condition()
        self._thread = ThreadPoolExecutor(1, "model")

    @contextmanager
    def admitted(self, images: int, versions: int = 1) -> Iterator[None]:
        """Places for so many films until they are answered; without room it raises."""
        places = images * versions
        if places > self.room:
            raise UploadRefused(
                f"The server takes {self.room} images at a time, and each augmented version counts"
                f" as one; this request has {places}. Send fewer images, or lower tta."
            )
        with self._changed:
            if self.inside + places > self.room:
                raise Busy(f"The server is busy with {self.inside} images; try again in a second.")
            self.inside += places
            self.images += images
        try:
            yield
        finally:
            with self._changed:
                self.inside -= places
                self.images -= images
                self._changed.notify()

    def submit(self, image: Image) -> Future[Found]:
        """What `compute` gives for a film, once its turn has come."""
        future: Future[Found] = Future()
        with self._changed:
            self._waiting.append((image, future))
            self._changed.notify()
        self._thread.submit(self._take)
        return future

    def run(self, task: Callable[[], Found]) -> Future[Found]:
        """What another task gives that needs the model."""
        return self._thread.submit(task)

    def close(self) -> None:
        """Start nothing more; whatever waits is cancelled."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        with self._changed:
            for _, future in self._waiting:
                future.cancel()

    def _take(self) -> None:
        """One batch of those that wait; an earlier one may have taken them all."""
        if not self._waiting:
            return
        with self._changed:
            self._changed.wait_for(self._filled, LINGER)
            taken = list(islice(self._next(), self.at_once))
        if not taken:
            return
        self.batches += 1
        try:
            found = self.compute([image for image, _ in taken])
        except Exception as error:  # Whatever it is, those who wait must hear of it.
            for _, future in taken:
                future.set_exception(error)
            return
        for (_, future), each in zip(taken, found, strict=True):
            future.set_result(each)

    def _next(self) -> Iterator[tuple[Image, Future[Found]]]:
        """The films that wait, without those whose clients have gone meanwhile."""
        while self._waiting:
            image, future = self._waiting.popleft()
            if future.set_running_or_notify_cancel():
                yield image, future

    def _filled(self) -> bool:
        """Whether no more films can come that would be computed at once."""
        return len(self._waiting) >= min(self.at_once, self.images)
