"""Jobs that a queue refuses: Dask keeps them silently or as tracebacks, people get a sentence."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from errors import ClusterUnusable
from progress import warn

# Where Dask's tasks leave what they raised.
LOGGERS = ("asyncio", "tornado.application")
REASONS = (RuntimeError, OSError, ValueError)


class Teller(logging.Filter):
    """Tells a reason once, in place of the tracebacks it comes as."""

    def __init__(self) -> None:
        super().__init__()
        self.told: set[str] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is none of a job."""
        reason = record.exc_info[1] if record.exc_info else None
        if not isinstance(reason, REASONS):
            return True
        said = last_line(reason)
        if said not in self.told:
            self.told.add(said)
            warn(f"asking for a worker failed: {said}")
        return False


class Unremembering(set[Any]):
    """A set that nothing gets into."""

    def add(self, element: Any) -> None:
        """Forget it."""


@contextmanager
def told_of(cluster: Any) -> Iterator[None]:
    """While people are told which of the cluster's jobs are refused."""
    # Where a cluster is closed Dask asserts that each of these was taken once.
    cluster._created = Unremembering()
    teller = Teller()
    for name in LOGGERS:
        logging.getLogger(name).addFilter(teller)
    try:
        yield
    finally:
        for name in LOGGERS:
            logging.getLogger(name).removeFilter(teller)


def ask_again(cluster: Any) -> None:
    """Ask once more for the workers that the cluster could not have."""
    jobs = list(getattr(cluster, "workers", {}).values())
    try:
        for job in jobs:
            cluster.sync(_asked, job)
    except REASONS as reason:
        raise ClusterUnusable(
            f"The queue must take jobs; it says: {last_line(reason)}. Mend what the file of"
            " --cluster asks for."
        ) from reason


async def _asked(job: Any) -> None:
    # Does nothing where the job was taken.
    await job


def last_line(reason: BaseException) -> str:
    """What the queue's own program said at last."""
    lines = [line.strip() for line in str(reason).splitlines() if line.strip()]
    return lines[-1].rstrip(".") if lines else type(reason).__name__
