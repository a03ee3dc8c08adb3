"""The extraction plan: which images lack which features, in chunks that any process can take."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import compress, islice
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np

from datasets.images import Images
from features.branch import Branch
from features.extractor import Extractor
from storage import FileState

# A chunk is a whole number of network batches, and at most each worker's half of what is left.
BATCH, CHUNKS_LEFT = 32, 2
# Id and digest of a row.
BYTES_PER_ROW = 80

Item = TypeVar("Item")
Made = TypeVar("Made")


class Task(NamedTuple):
    """An image and the branches that lack its features."""

    id: str
    path: str
    branches: tuple[str, ...]


Chunk = tuple[Task, ...]


class Seen(NamedTuple):
    """An image's file as it was read; `error` says why it could not be."""

    state: FileState | None
    digest: str
    error: str = ""


class Away(Protocol):
    """A crew at work on a plan."""

    @property
    def widths(self) -> dict[str, int]:
        """Numbers per image of each branch."""

    def work(self, plan: "Plan") -> Iterator[tuple[Task, Seen]]:
        """Each finished task, whose features are written, with the state of its file."""


class Crew(Protocol):
    """Workers that do the same work as this process, on any machine.

    `client` is for libraries that use such workers themselves.
    """

    client: Any

    @property
    def slots(self) -> int:
        """How many items are in progress at a time."""

    def everywhere(self, make: Callable[[], Made]) -> list[Made]:
        """What `make` returns on each worker."""

    def extracting(
        self, branches: dict[str, Branch], plan: "Plan", cache: Path
    ) -> AbstractContextManager[Away]:
        """The crew at work on the plan, writing into the branches' stores."""

    def results(
        self, make: Callable[[Item], Made], items: Iterable[Item], named: Callable[[Item], str]
    ) -> Iterator[Made]:
        """What `make` returns for each item, in order; `named` describes an item in messages."""


@dataclass(frozen=True)
class Plan:
    """Images with missing features: `lacking` (n, branches) marks what each branch lacks."""

    images: Images
    branches: tuple[str, ...]
    lacking: np.ndarray

    def __len__(self) -> int:
        return int(self.lacking.any(axis=1).sum())

    def tasks(self) -> Iterator[Task]:
        """The tasks, in the order of images."""
        for row in np.flatnonzero(self.lacking.any(axis=1)):
            names = tuple(compress(self.branches, self.lacking[row]))
            yield Task(self.images.ids[row], self.images.paths[row], names)

    def chunks(self, workers: int, at_most: int) -> Iterator[Chunk]:
        """The tasks in chunks of at most `at_most` images, smaller towards the end."""
        tasks, left = self.tasks(), len(self)
        while left > 0:
            fair = left // (CHUNKS_LEFT * workers) // BATCH * BATCH
            chunk = tuple(islice(tasks, min(max(fair, BATCH), at_most)))
            left -= len(chunk)
            yield chunk


def plan(images: Images, branches: dict[str, Branch], known: np.ndarray) -> Plan:
    """The plan of features that are missing, by the present digests (n,) of the image files."""
    lacking = np.empty((len(images), len(branches)), bool)
    for column, branch in enumerate(branches.values()):
        keys = branch.keys(images.ids, known.astype(str)) if branch.change else known
        lacking[:, column] = branch.store.rows.find(keys)["part"] < 0
    return Plan(images, tuple(branches), lacking)


def described(chunk: Sequence[Task]) -> str:
    """The images of a chunk, for messages."""
    return f"the {len(chunk)} images from {chunk[0].id} to {chunk[-1].id}"


def bytes_per_image(extractor: Extractor, width: int) -> int:
    """The bytes of an image's features in the cache."""
    return width * extractor.bytes_per_number + BYTES_PER_ROW
