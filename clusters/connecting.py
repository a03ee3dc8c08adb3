"""Ways to a Dask scheduler: one of this machine, one that runs, or one that a file makes."""

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
# Workers of this machine, or that run already; those of a queue may have to wait for their turn.
SECONDS_FOR_WORKERS, SECONDS_IN_QUEUE = 60, 86_400
FUNCTION = "cluster"
# Dask would also have all memory given back at once, which networks then ask for again: a tenth
# of their time.
ENVIRONMENT = {f"{name}_NUM_THREADS": 1 for name in ("OMP", "MKL", "OPENBLAS")}

# What goes wrong is told in sentences of ours.
for logger in [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]:
    logging.getLogger(logger).setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Connector:
    """Where a scheduler is, by its address or the Dask cluster that it belongs to."""

    cluster: Any
    patience: int = SECONDS_FOR_WORKERS

    def connect(self) -> Client:
        """A client of the scheduler, once there is a worker."""
        found = self._client()
        try:
            self.wait(found)
        except ClusterUnusable:
            found.close()
            raise
        return found

    def wait(self, client: Client) -> None:
        """Return once the client's scheduler has a worker."""
        workers_wanted.for_worker(client, self.cluster, self.patience)

    def _client(self) -> Client:
        try:
            return Client(self.cluster, timeout=SECONDS_TO_ANSWER, set_as_default=False)
        # An address that means nothing, nobody there, or somebody who speaks no Dask.
        except (OSError, ValueError, RuntimeError) as reason:
            raise ClusterUnusable(
                f"A Dask scheduler must answer at {self.cluster}; none does within"
                f" {SECONDS_TO_ANSWER} s. Start one, as docs/clusters.md tells, or try --cluster"
                " local:2."
            ) from reason


@contextmanager
def local(workers: int) -> Iterator[Connector]:
    """The way to processes on this machine that nobody else can reach, a thread each."""
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
    """The way to the cluster that a file's function makes; no other file is run."""
    with refusals.told_of(made := _made(path)), made as cluster:
        say(f"asking for workers as {path} says")
        yield Connector(cluster, SECONDS_IN_QUEUE)


def _made(path: str) -> Any:
    """What the function of the file returns."""
    try:
        make = runpy.run_path(path).get(FUNCTION)
        if callable(make):
            return make()
    except ImportError as reason:
        raise ClusterUnusable(
            f"What {path} imports must be installed; {reason}. Install it beside the program."
        ) from reason
    # What Dask says of a network, a partition or an amount of memory that it cannot have.
    except (RuntimeError, ValueError, OSError) as reason:
        raise ClusterUnusable(
            f"{path} must make a Dask cluster; it fails: {reason}. Mend what it asks for."
        ) from reason
    raise ClusterUnusable(
        f"{path} must define a function `{FUNCTION}` that returns a Dask cluster; it defines"
        " none. See examples/slurm.py."
    )


@contextmanager
def running(address: str) -> Iterator[Connector]:
    """The way to a scheduler that runs already."""
    yield Connector(address)
