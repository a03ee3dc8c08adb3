"""One loop for many images: files are read and decoded in threads, a bounded number ahead.

OpenCV and Pillow release Python's lock, so threads work side by side. Only the images of a window
are in memory, however many files there are.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import NamedTuple, TypeVar

import cv2
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

import storage
from datasets import image_files
from datasets.image_files import Decoded
from errors import ImageUnreadable
from storage import FileState

Item = TypeVar("Item")
Made = TypeVar("Made")


class ImageFile(NamedTuple):
    """An image file: its state before it was read, its bytes, and the grey plane in them."""

    path: str
    state: FileState | None
    data: bytes
    decoded: Decoded


@contextmanager
def image_threads(jobs: int) -> Iterator[ThreadPoolExecutor]:
    """A pool of threads in each of which OpenCV and BLAS use one thread."""
    cv2.setNumThreads(1)
    # More BLAS threads would compete for the cores and add up numbers in another order.
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(jobs) as pool:
        yield pool


def each_image(
    pool: ThreadPoolExecutor,
    items: Iterable[Item],
    path_of: Callable[[Item], str],
    use: Callable[[Item, ImageFile], Made],
    window: int,
) -> Iterator[tuple[Item, Made | ImageUnreadable]]:
    """Each item with what `use` makes of its image, in order; or why the file is unreadable."""

    def work(item: Item) -> tuple[Item, Made | ImageUnreadable]:
        try:
            file = read(path_of(item))
        except ImageUnreadable as error:
            return item, error
        return item, use(item, file)

    return ahead(pool, work, items, window)


def read(path: str) -> ImageFile:
    """An image file read and decoded; one that is no image raises ImageUnreadable."""
    state = storage.state_of(path)
    data = image_files.read_bytes(path)
    return ImageFile(path, state, data, image_files.decoded(data))


def ahead(
    pool: ThreadPoolExecutor, make: Callable[[Item], Made], items: Iterable[Item], window: int
) -> Iterator[Made]:
    """What `make` returns for each item, in order, with at most `window` items in progress."""
    under_way: deque[Future[Made]] = deque()
    for item in items:
        under_way.append(pool.submit(make, item))
        if len(under_way) >= window:
            yield under_way.popleft().result()
    while under_way:
        yield under_way.popleft().result()


def in_threads(make: Callable[[Item], Made], items: Iterable[Item], jobs: int) -> Iterator[Made]:
    """What `make` returns for each item, in order, with one result ready at most."""
    with ThreadPoolExecutor(jobs) as pool:
        yield from ahead(pool, make, items, jobs + 1)
