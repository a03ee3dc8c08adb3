"""Workers of a SLURM cluster for `--cluster`; requires `pip install dask-jobqueue cryptography`.

Copy this file to any folder, and set the names of your partition and account. Start the command on
a login node or in a small job: it plans the work, waits for workers and reports their progress. The
work begins as soon as the first worker has started.
"""

import sys
from pathlib import Path

from dask_jobqueue import SLURMCluster

import errors

# The folder of the program. All nodes must be able to read it and the Python environment.
PROJECT = Path(errors.__file__).resolve().parent
LOGS = PROJECT / "runs" / "slurm"
# The largest number of jobs. They end when there is no work left.
JOBS = 16


def cluster() -> SLURMCluster:
    """A cluster that grows with the work; each job is a process with four threads."""
    LOGS.mkdir(parents=True, exist_ok=True)
    workers = SLURMCluster(
        # Set these for your site: `sinfo` lists partitions, `sacctmgr show associations` accounts.
        queue="normal",
        account=None,
        walltime="04:00:00",
        # Workers stop 5 minutes before SLURM would kill them, so that no part is lost.
        worker_extra_args=["--lifetime", "235m", "--lifetime-stagger", "4m", "--no-dashboard"],
        # `extract --estimate` prints how much memory a worker needs.
        cores=4,
        processes=1,
        memory="8GB",
        # Request a GPU for each job to run the network on it; the cores then only decode images.
        job_extra_directives=[],  # ["--gres=gpu:1"]
        # Workers use the same Python and the same program as the command.
        python=sys.executable,
        job_script_prologue=[f"cd {PROJECT}", f"export PYTHONPATH={PROJECT}"],
        # The output of the jobs, for example the reason why a job failed to start.
        log_directory=str(LOGS),
        # The network interface that connects the nodes; `ip address` lists them.
        interface=None,
        # Other users share that network, so each run creates keys that only you can read.
        security=True,
        shared_temp_directory=str(LOGS),
        scheduler_options={"dashboard_address": "127.0.0.1:0"},
    )
    workers.adapt(minimum=1, maximum_jobs=JOBS)
    return workers
