"""A crew of Dask workers: items are sent one by one, and again if they get lost."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import AbstractContextManager, suppress
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, Self, TypeVar

from distributed import Client, Future, KilledWorker, get_worker
from distributed.comm import CommClosedError

from clusters import extraction
from clusters.connecting import Connector
from clusters.extraction import Away
from errors import ClusterUnusable
from features.branch import Branch
from features.extraction_plan import Plan
from progress import say, warn

# For each thread of a worker, so that none waits for work.
ITEMS_AHEAD = 4
RECONNECTIONS = 5
SECONDS_TO_CLOSE = 2
# Between two checks whether any worker is there.
SECONDS_TO_LOOK = 60
LOST = (CancelledError, CommClosedError)

Item = TypeVar("Item")
Made = TypeVar("Made")


class Sent(NamedTuple):
    """An item, the client that sent it, and the future of its result."""

    item: Any
    client: Client
    future: Future


class DaskCrew:
    """Workers of a Dask scheduler; if it restarts, unfinished items are sent again."""

    def __init__(self, connector: Connector) -> None:
        self.connector = connector
        self.client = connector.connect()
        self._slots = 1
        say(f"workers: {len(self.client.nthreads())}, {self.slots} images at a time")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._let_go()

    @property
    def slots(self) -> int:
        """How many items are in progress at a time, when last known."""
        with suppress(OSError):
            if self._connected:
                self._slots = max(1, sum(self.client.nthreads().values()))
        return self._slots

    @property
    def _connected(self) -> bool:
        return self.client.status == "running"

    def everywhere(self, make: Callable[[], Made]) -> list[Made]:
        """What `make` returns on each worker."""
        workers = self.client.nthreads()
        futures = [
            self.client.submit(at_work, make, workers=[worker], pure=False) for worker in workers
        ]
        return self.client.gather(futures)

    def extracting(
        self, branches: dict[str, Branch], plan: Plan, cache: Path
    ) -> AbstractContextManager[Away]:
        """The workers at work on the plan, writing into the branches' stores."""
        return extraction.away(branches, plan, cache, self)

    def results(
        self, make: Callable[[Item], Made], items: Iterable[Item], named: Callable[[Item], str]
    ) -> Iterator[Made]:
        """What `make` returns for each item, in order; `named` describes an item in messages."""
        under_way: deque[Sent] = deque()
        for item in items:
            under_way.append(self._send(make, item))
            if len(under_way) >= ITEMS_AHEAD * self.slots:
                yield self._first(under_way, make, named)
        while under_way:
            yield self._first(under_way, make, named)

    def _send(self, make: Callable[[Item], Made], item: Item) -> Sent:
        if not self._connected:
            self._reconnect()
        future = self.client.submit(at_work, partial(make, item), pure=False)
        return Sent(item, self.client, future)

    def _first(
        self,
        under_way: deque[Sent],
        make: Callable[[Item], Made],
        named: Callable[[Item], str],
    ) -> Made:
        """The result of the first item, which is then removed."""
        for _ in range(RECONNECTIONS):
            try:
                made = self._result(under_way[0].future)
            except LOST:
                if under_way[0].client is self.client:
                    self._reconnect()
                sent = [self._send(make, each.item) for each in under_way]
                under_way.clear()
                under_way.extend(sent)
                continue
            except KilledWorker as reason:
                raise ClusterUnusable(
                    f"Workers must survive their work; {named(under_way[0].item)} ended several"
                    " workers in a row. Give workers more memory, or leave these images out."
                ) from reason
            under_way.popleft()
            return made
        raise ClusterUnusable(
            f"The scheduler must stay connected; the one at {self.connector.cluster} was lost"
            f" {RECONNECTIONS} times. Finished work is kept: run the command again."
        )

    def _result(self, future: Future) -> Any:
        """The result of a future; shows a message while there are no workers."""
        while not future.done():
            with suppress(TimeoutError):
                return future.result(SECONDS_TO_LOOK)
            if self._connected and not self.client.nthreads():
                self.connector.wait(self.client)
        return future.result()

    def _reconnect(self) -> None:
        warn("lost the scheduler; unfinished work will be sent again once it is back")
        self._let_go()
        self.client = self.connector.connect()

    def _let_go(self) -> None:
        with suppress(OSError, TimeoutError):
            self.client.close(SECONDS_TO_CLOSE)


def at_work(make: Callable[[], Made]) -> Made:
    """What `make` returns on a worker, whose networks use as many threads as it has."""
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", str(get_worker().state.nthreads))
    return make()
