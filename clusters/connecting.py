"""Connect to a Dask scheduler: on this machine, at an address, or made by a Python file."""

import logging
import runpy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import dask
from distributed import Client, LocalCluster

from clusters import refusals, workers_wanted
from errors import ClusterUnusable
from progress import say

SECONDS_TO_ANSWER = 20
# For workers of this machine or ones that run already; those of a queue may have to wait.
SECONDS_FOR_WORKERS, SECONDS_IN_QUEUE = 60, 86_400
FUNCTION = "cluster"
# Dask also makes processes return memory at once, which networks then allocate again: this costs
# a tenth of their time.
ENVIRONMENT = {f"{name}_NUM_THREADS": 1 for name in ("OMP", "MKL", "OPENBLAS")}

# Our own messages replace these.
for logger in [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]:
    logging.getLogger(logger).setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Connector:
    """A scheduler, by its address or its Dask cluster."""

    cluster: Any
    patience: int = SECONDS_FOR_WORKERS

    def connect(self) -> Client:
        """A client of the scheduler, once it has a worker."""
        client = self._client()
        try:
            self.wait(client)
        except ClusterUnusable:
            client.close()
            raise
        return client

    def wait(self, client: Client) -> None:
        """Return once the client's scheduler has a worker."""
        workers_wanted.for_worker(client, self.cluster, self.patience)

    def _client(self) -> Client:
        try:
            return Client(self.cluster, timeout=SECONDS_TO_ANSWER, set_as_default=False)
        # An invalid address, no answer, or an answer that is not Dask.
        except (OSError, ValueError, RuntimeError) as reason:
            raise ClusterUnusable(
                f"A Dask scheduler must answer at {self.cluster}; none does within"
                f" {SECONDS_TO_ANSWER} s. Start one as in docs/clusters.md, or pass --cluster"
                " local:2."
            ) from reason


@contextmanager
def local(workers: int) -> Iterator[Connector]:
    """Workers on this machine that no other user can reach, with one thread each."""
    with (
        dask.config.set({"distributed.nanny.pre-spawn-environ": ENVIRONMENT}),
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            memory_limit=0,
            silence_logs=logging.CRITICAL,
        ) as cluster,
    ):
        yield Connector(cluster)


@contextmanager
def from_file(path: str) -> Iterator[Connector]:
    """The cluster that a function in a Python file makes."""
    with refusals.shown_from(made := _made(path)), made as cluster:
        say(f"requesting workers by {path}")
        yield Connector(cluster, SECONDS_IN_QUEUE)


def _made(path: str) -> Any:
    """The return value of the function in the file."""
    try:
        make = runpy.run_path(path).get(FUNCTION)
        if callable(make):
            return make()
    except ImportError as reason:
        raise ClusterUnusable(
            f"The modules that {path} imports must be installed; {reason}. Install them in the same"
            " environment as this program."
        ) from reason
    # Dask's errors about a network, partition or memory that it cannot have.
    except (RuntimeError, ValueError, OSError) as reason:
        raise ClusterUnusable(
            f"{path} must make a Dask cluster; it fails: {reason}. Correct its settings."
        ) from reason
    raise ClusterUnusable(
        f"{path} must define a function `{FUNCTION}` that returns a Dask cluster; it defines"
        " none. See examples/slurm.py."
    )


@contextmanager
def running(address: str) -> Iterator[Connector]:
    """A scheduler that runs already."""
    yield Connector(address)
