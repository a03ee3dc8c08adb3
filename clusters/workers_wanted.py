"""Wait for workers, with messages about what is missing."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from distributed import Client

from clusters import refusals
from errors import ClusterUnusable
from progress import say

# The first message comes soon, for people who watch; later ones are for the log.
SECONDS_TO_FIRST_WORD, SECONDS_BETWEEN_WORDS = 10, 300


def for_worker(client: Client, cluster: Any, patience: float) -> None:
    """Return once there is a worker; raise after `patience` seconds."""
    waited = 0.0
    for spell in _spells(patience):
        with suppress(TimeoutError):
            client.wait_for_workers(1, timeout=spell)
            return
        waited += spell
        refusals.ask_again(cluster)
        if waited < patience:
            say(_word(waited, patience))
    raise ClusterUnusable(
        f"A scheduler must have workers; the one at {cluster} has had none for"
        f" {patience:,.0f} s. Start some as in docs/clusters.md."
    )


def _spells(patience: float) -> Iterator[float]:
    """Seconds to wait at a time, in total `patience`."""
    spell = SECONDS_TO_FIRST_WORD
    while patience > 0:
        yield min(spell, patience)
        patience -= spell
        spell = SECONDS_BETWEEN_WORDS


def _word(waited: float, patience: float) -> str:
    return (
        f"no worker after {waited:,.0f} s: jobs are waiting or have ended at once. See the queue"
        f" (SLURM: `squeue --me`) and the logs of jobs; waiting for {patience:,.0f} s"
    )
