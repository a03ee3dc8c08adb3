"""Ways to a Dask scheduler: one of this machine, one that runs, or one that a file makes."""

import logging
import runpy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import dask
from distributed import Client, LocalCluster

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
            found.wait_for_workers(1, timeout=self.patience)
        except TimeoutError as reason:
            found.close()
            raise ClusterUnusable(
                f"A scheduler must have workers; that at {self.cluster} has had none for"
                f" {self.patience} s. Start some, as docs/clusters.md tells."
            ) from reason
        return found

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
    make = runpy.run_path(path).get(FUNCTION)
    if not callable(make):
        raise ClusterUnusable(
            f"{path} must define a function `{FUNCTION}` that returns a Dask cluster; it defines"
            " none. See examples/slurm.py."
        )
    say(f"asking for workers as {path} says")
    with make() as cluster:
        yield Connector(cluster, SECONDS_IN_QUEUE)


@contextmanager
def running(address: str) -> Iterator[Connector]:
    """The way to a scheduler that runs already."""
    yield Connector(address)
