import pytest

from clusters import workers_wanted
from errors import ClusterUnusable


class Scheduler:
    """A client of a scheduler that has a worker after so many seconds, which pass when asked."""

    def __init__(self, seconds):
        self.left = seconds

    def wait_for_workers(self, workers, timeout):
        self.left -= timeout
        if self.left > 0:
            raise TimeoutError


def test_a_worker_that_is_there_is_not_waited_for(capsys):
    workers_wanted.for_worker(Scheduler(0), "here", 60)
    assert capsys.readouterr().err == ""


def test_people_hear_soon_what_is_waited_for_and_again_later(capsys):
    workers_wanted.for_worker(Scheduler(400), "a queue", 3600)
    said = capsys.readouterr().err.splitlines()
    assert [line.split(":")[0] for line in said] == [
        "no worker after 10 s",
        "no worker after 310 s",
    ]
    assert all("squeue --me" in line and "waiting for 3,600 s" in line for line in said)


@pytest.mark.parametrize("patience", [4, 10, 60, 86_400])
def test_patience_ends_in_a_sentence_and_is_not_outstayed(patience):
    scheduler = Scheduler(1_000_000)
    with pytest.raises(ClusterUnusable, match=f"has had none for {patience:,} s"):
        workers_wanted.for_worker(scheduler, "nowhere", patience)
    assert scheduler.left == 1_000_000 - patience
