"""Open the workers of `--cluster`; Dask is only imported if there are any."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from errors import InvalidOption
from evaluation.bootstrap import ALONE, Workers
from features.extraction_plan import Crew

LOCAL, FILE, ADDRESS = "local:", ".py", "://"


@contextmanager
def opened(cluster: str) -> Iterator[Crew | None]:
    """The workers of `--cluster`, released at the end; None if it is empty."""
    if not cluster:
        yield None
        return
    check(cluster)
    from clusters import connecting
    from clusters.dask_crew import DaskCrew

    if cluster.startswith(LOCAL):
        connection = connecting.local(int(cluster.removeprefix(LOCAL)))
    elif cluster.endswith(FILE):
        connection = connecting.from_file(cluster)
    else:
        connection = connecting.running(cluster)
    with connection as connector, DaskCrew(connector) as crew:
        yield crew


def resamplers(crew: Crew | None) -> Workers:
    """The crew, or this process without one, as workers for bootstrap replicates."""
    if crew is None:
        return ALONE
    return Workers(partial(crew.results, named=lambda chunks: "resampling patients"), crew.slots)


def check(cluster: str) -> None:
    """Refuse text that names no workers."""
    if cluster.startswith(LOCAL):
        number = cluster.removeprefix(LOCAL)
        known = number.isdecimal() and int(number) > 0
    else:
        known = ADDRESS in cluster or (cluster.endswith(FILE) and Path(cluster).is_file())
    if not known:
        raise InvalidOption(
            "--cluster takes local:N with N processes, the address of a Dask scheduler, such as"
            f" tcp://HOST:8786, or a Python file with a function `cluster`; got {cluster!r}."
        )
