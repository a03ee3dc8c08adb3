import gc
import operator
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest
from distributed import LocalCluster

from clusters import connecting
from clusters.connecting import Connector
from errors import ClusterUnusable

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "slurm.py"
SLURM = shutil.which("sbatch") and find_spec("dask_jobqueue")

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "carrier://pigeon:1"])
def test_nobody_at_an_address_is_a_sentence(address, monkeypatch):
    monkeypatch.setattr(connecting, "SECONDS_TO_ANSWER", 1)
    with (
        pytest.raises(ClusterUnusable, match="must answer at"),
        connecting.running(address) as there,
    ):
        there.connect()


def test_a_scheduler_without_workers_is_a_sentence():
    with (
        LocalCluster(n_workers=0, dashboard_address="127.0.0.1:0", host="127.0.0.1") as cluster,
        pytest.raises(ClusterUnusable, match="must have workers"),
    ):
        Connector(cluster, patience=1).connect()


def test_a_file_makes_the_cluster(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        "from distributed import LocalCluster\n"
        "def cluster():\n"
        "    settings = {'protocol': 'tcp', 'processes': False, 'n_workers': 1}\n"
        "    settings |= {'dashboard_address': '127.0.0.1:0', 'threads_per_worker': 3}\n"
        "    return LocalCluster(**settings)\n"
    )
    with connecting.from_file(str(path)) as there, there.connect() as client:
        assert sum(client.nthreads().values()) == 3


def test_a_file_without_the_function_is_a_sentence(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("clutser = 3\n")
    with pytest.raises(ClusterUnusable, match="must define a function"):
        connecting.from_file(str(path)).__enter__()


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("import no_such_module", "must be installed; No module named 'no_such_module'"),
        ("def cluster():\n    raise RuntimeError('no network ib0')", "it fails: no network ib0"),
    ],
)
def test_what_a_file_cannot_make_is_a_sentence(lines, told, tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(lines + "\n")
    with pytest.raises(ClusterUnusable, match=told):
        connecting.from_file(str(path)).__enter__()


@pytest.mark.long
@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
@pytest.mark.skipif(not SLURM, reason="neither SLURM nor dask-jobqueue is here")
def test_a_job_of_slurm_works_as_the_example_asks(monkeypatch):
    monkeypatch.setattr(connecting, "SECONDS_IN_QUEUE", 300)
    keys = EXAMPLE.parents[1] / "runs" / "slurm"
    with connecting.from_file(str(EXAMPLE)) as there, there.connect() as client:
        assert there.cluster.scheduler_address.startswith("tls://")
        assert client.submit(operator.neg, 7).result(60) == -7
    # Keys are files that dask-jobqueue leaves to be collected; they must not outlive the cluster.
    del there, client
    gc.collect()
    assert not list(keys.glob(".dask-jobqueue*"))
