"""The queue of the model: a bounded number of images, computed in batches by one thread."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from threading import Condition
from typing import Generic, TypeVar

from errors import Busy, UploadRefused

Image = TypeVar("Image")
Answer = TypeVar("Answer")

IMAGES_AT_ONCE = 4
# Seconds that a batch waits for images that are admitted but not ready yet.
LINGER = 0.05


class ModelQueue(Generic[Image, Answer]):
    """Images for `compute`, up to `at_once` in a call; at most `room` are admitted.

    An image takes one place, and so does each augmented version of it. Images that arrive while
    others are computed form the next batch. A batch that is not full waits a little for admitted
    images, because a full batch takes no longer.
    """

    def __init__(
        self, compute: Callable[[list[Image]], list[Answer]], at_once: int, room: int
    ) -> None:
        self.compute, self.at_once, self.room = compute, at_once, room
        self.inside, self.images, self.batches = 0, 0, 0
        self._waiting: deque[tuple[Image, Future[Answer]]] = deque()
        self._changed = Condition()
        self._thread = ThreadPoolExecutor(1, "model")

    @contextmanager
    def admitted(self, images: int, versions: int = 1) -> Iterator[None]:
        """Places for some images until they are answered; without room it raises."""
        places = images * versions
        if places > self.room:
            raise UploadRefused(
                f"The server takes at most {self.room} images at a time, augmented versions"
                f" included; this request has {places}. Send fewer images, or lower tta."
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

    def submit(self, image: Image) -> Future[Answer]:
        """The result of `compute` for an image, once it is its turn."""
        future: Future[Answer] = Future()
        with self._changed:
            self._waiting.append((image, future))
            self._changed.notify()
        self._thread.submit(self._take)
        return future

    def run(self, task: Callable[[], Answer]) -> Future[Answer]:
        """The result of another task that needs the model."""
        return self._thread.submit(task)

    def close(self) -> None:
        """Start nothing more, and cancel what waits."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        with self._changed:
            for _, future in self._waiting:
                future.cancel()

    def _take(self) -> None:
        """Compute one batch, unless an earlier one took all that waited."""
        if not self._waiting:
            return
        with self._changed:
            self._changed.wait_for(self._filled, LINGER)
            taken = list(islice(self._next(), self.at_once))
        if not taken:
            return
        self.batches += 1
        try:
            results = self.compute([image for image, _ in taken])
        except Exception as error:  # All who wait must get the error.
            for _, future in taken:
                future.set_exception(error)
            return
        for (_, future), each in zip(taken, results, strict=True):
            future.set_result(each)

    def _next(self) -> Iterator[tuple[Image, Future[Answer]]]:
        """The images that wait, without those whose clients have disconnected."""
        while self._waiting:
            image, future = self._waiting.popleft()
            if future.set_running_or_notify_cancel():
                yield image, future

    def _filled(self) -> bool:
        """Whether the next batch cannot become any larger."""
        return len(self._waiting) >= min(self.at_once, self.images)
