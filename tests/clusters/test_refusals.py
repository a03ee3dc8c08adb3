import logging
import sys
import time
from types import SimpleNamespace

import pytest
from distributed import Scheduler, SpecCluster
from distributed.deploy.spec import ProcessInterface

from clusters import refusals
from errors import ClusterUnusable

SAID = "Command exited with 1.\nstderr:\nqueue: Invalid partition name specified.\n\n"


class Refused(ProcessInterface):
    """A job that no queue takes."""

    asked = 0

    async def start(self):
        type(self).asked += 1
        raise RuntimeError(SAID)

    async def close(self):
        """Its status stays, as that of dask-jobqueue's jobs does."""


@pytest.fixture
def cluster():
    """A cluster that has asked for a job in vain."""
    scheduler = {
        "cls": Scheduler,
        "options": {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"},
    }
    Refused.asked = 0
    made = SpecCluster(scheduler=scheduler, worker={"cls": Refused})
    with refusals.shown_from(made), made:
        made.scale(1)
        while not made.workers:
            time.sleep(0.01)
        yield made


def logged(name, reason):
    try:
        raise reason
    except Exception:
        logging.getLogger(name).error("in a task", exc_info=sys.exc_info())


@pytest.mark.slow
def test_a_refused_job_is_asked_for_again_and_then_the_queue_is_quoted(cluster):
    with pytest.raises(ClusterUnusable, match="queue: Invalid partition name"):
        refusals.ask_again(cluster)
    assert Refused.asked == 2


@pytest.mark.slow
def test_a_cluster_whose_jobs_were_refused_can_be_closed(cluster):
    refused = list(cluster.workers.values())
    cluster.close()
    assert cluster.status.name == "closed"
    assert [job.status.name for job in refused] == ["created"]


def test_a_scheduler_that_runs_elsewhere_has_no_jobs_to_ask_for():
    assert refusals.ask_again("tcp://host:8786") is None


@pytest.mark.parametrize("name", refusals.LOGGERS)
def test_a_refusal_is_told_once_in_place_of_its_tracebacks(name, capsys, caplog):
    with refusals.shown_from(SimpleNamespace()):
        logged(name, RuntimeError(SAID))
        logged(name, RuntimeError(SAID))
    said = "warning: requesting a worker failed: queue: Invalid partition name specified\n"
    assert capsys.readouterr().err == said
    assert not caplog.records


def test_what_else_is_logged_stays_as_it_is(capsys, caplog):
    with refusals.shown_from(SimpleNamespace()):
        logged("asyncio", KeyError("a bug"))
    logged("asyncio", RuntimeError(SAID))
    assert len(caplog.records) == 2
    assert "asking for a worker" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("reason", "said"),
    [(RuntimeError(SAID), "queue: Invalid partition name specified"), (OSError(), "OSError")],
)
def test_the_last_line_is_what_the_queue_said(reason, said):
    assert refusals.last_line(reason) == said
