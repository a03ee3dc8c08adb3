"""Jobs that a queue refuses: one sentence instead of silence or the tracebacks of Dask."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from errors import ClusterUnusable
from progress import warn

# The logger to which Dask sends the errors of its tasks.
LOGGERS = ("asyncio", "tornado.application")
REASONS = (RuntimeError, OSError, ValueError)


class Announcer(logging.Filter):
    """Shows each reason once, instead of its tracebacks."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: set[str] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is not about a job."""
        reason = record.exc_info[1] if record.exc_info else None
        if not isinstance(reason, REASONS):
            return True
        said = last_line(reason)
        if said not in self.shown:
            self.shown.add(said)
            warn(f"requesting a worker failed: {said}")
        return False


class Unremembering(set[Any]):
    """A set that stays empty."""

    def add(self, element: Any) -> None:
        """Ignore the element."""


@contextmanager
def shown_from(cluster: Any) -> Iterator[None]:
    """A context that shows which jobs of a cluster are refused."""
    # Dask asserts, when it closes a cluster, that each of these was taken once.
    cluster._created = Unremembering()
    announcer = Announcer()
    for name in LOGGERS:
        logging.getLogger(name).addFilter(announcer)
    try:
        yield
    finally:
        for name in LOGGERS:
            logging.getLogger(name).removeFilter(announcer)


def ask_again(cluster: Any) -> None:
    """Request again the workers that the cluster did not get."""
    jobs = list(getattr(cluster, "workers", {}).values())
    try:
        for job in jobs:
            cluster.sync(_asked, job)
    except REASONS as reason:
        raise ClusterUnusable(
            f"The queue must accept the jobs; it answered: {last_line(reason)}. Correct the"
            " settings in the file of --cluster."
        ) from reason


async def _asked(job: Any) -> None:
    # Does nothing if the job was accepted.
    await job


def last_line(reason: BaseException) -> str:
    """The last line of the queue's own message."""
    lines = [line.strip() for line in str(reason).splitlines() if line.strip()]
    return lines[-1].rstrip(".") if lines else type(reason).__name__
