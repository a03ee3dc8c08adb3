import subprocess
import sys
from pathlib import Path

import pytest

from errors import InvalidOption
from evaluation.bootstrap import ALONE
from pipelines.clusters import opening
from tests.features.stubs import OwnCrew


@pytest.mark.parametrize("cluster", ["local", "local:", "local:0", "local:-1", "two", "no.py"])
def test_what_means_no_workers_is_refused(cluster):
    with pytest.raises(InvalidOption, match="--cluster takes local:N"), opening.opened(cluster):
        pass


@pytest.mark.parametrize("cluster", ["local:2", "tcp://host:8786", "tls://host:1", __file__])
def test_what_means_workers_is_taken(cluster):
    opening.check(cluster)


def test_without_a_cluster_there_is_no_crew():
    with opening.opened("") as crew:
        assert crew is None
    assert opening.resamplers(None) is ALONE


def test_a_crew_resamples_in_as_many_shares_as_it_works_on_at_a_time():
    workers = opening.resamplers(OwnCrew())
    assert workers.shares == 2
    assert list(workers.work(sum, [(1, 2), (3,)])) == [3, 3]


@pytest.mark.slow
def test_dask_is_imported_only_where_it_is_asked_for():
    program = (
        "import sys; from pipelines import extract;"
        "sys.exit(any(name in sys.modules for name in ('dask', 'distributed')))"
    )
    project = Path(__file__).resolve().parents[3]
    assert subprocess.run([sys.executable, "-c", program], cwd=project).returncode == 0
