"""The loop over images of a trained bundle: read, decoded and prepared in threads, in windows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

import numpy as np

from datasets.image_stream import ImageFile, each_image, image_threads
from datasets.images import Images
from errors import ImageUnreadable
from features.extractor import is_network
from inference.cached_features import NOT_CACHED, CachedFeatures, Known
from inference.working_bundle import WorkingBundle

# A whole number of a network's batches on a processor; several GPUs are given more.
WINDOW = 32

Made = TypeVar("Made")
# Makes something of a file and its cached features by extractor.
Make = Callable[[ImageFile, dict[str, np.ndarray]], Made]


@dataclass(frozen=True)
class Window(Generic[Made]):
    """Some images in order: what was made of each by its row, and why others are unreadable."""

    made: dict[int, Made]
    unread: dict[int, str]

    @property
    def rows(self) -> list[int]:
        """The rows of all images of the window."""
        return sorted([*self.made, *self.unread])


def windows(
    images: Images, make: Make[Made], jobs: int, cached: CachedFeatures | None, at_once: int
) -> Iterator[Window[Made]]:
    """All images, as `make` prepares them in threads, a bounded number of them in memory."""

    def use(item: tuple[int, Known], file: ImageFile) -> Made:
        return make(file, item[1].of(file.data))

    def path_of(item: tuple[int, Known]) -> str:
        return str(images.paths[item[0]])

    with image_threads(jobs) as pool:
        items = _known(images, cached, at_once)
        ready = each_image(pool, items, path_of, use, 2 * at_once)
        while done := [(item[0], made) for item, made in islice(ready, at_once)]:
            unread = {row: str(made) for row, made in done if isinstance(made, ImageUnreadable)}
            yield Window(
                {row: made for row, made in done if not isinstance(made, ImageUnreadable)}, unread
            )


def images_at_once(working: WorkingBundle) -> int:
    """A window that keeps every device busy with each network."""
    networks = filter(is_network, working.extractors.values())
    return max([WINDOW, *(network.images_at_once for network in networks)])


def _known(
    images: Images, cached: CachedFeatures | None, at_once: int
) -> Iterator[tuple[int, Known]]:
    """Each row with its cached features, which are read a window at a time."""
    for start in range(0, len(images), at_once):
        rows = slice(start, start + at_once)
        ids, paths = images.ids[rows], images.paths[rows]
        yield from enumerate(cached.of(ids, paths) if cached else [NOT_CACHED] * len(ids), start)
