"""Workers of a SLURM cluster for `--cluster`; needs `pip install dask-jobqueue cryptography`.

A copy of this file, wherever it lies, with the names of your partition and account is all that has
to be written. The command itself runs on a login node or in a small job of its own: it plans, waits
and reports. Workers come as soon as the queue gives them, and the command begins with the first.
"""

import sys
from pathlib import Path

from dask_jobqueue import SLURMCluster

import errors

# Where the program is: on a file system that all nodes share, as its Python is.
PROJECT = Path(errors.__file__).resolve().parent
LOGS = PROJECT / "runs" / "slurm"
# So many jobs are asked for at most, and given back when there is nothing left to do.
JOBS = 16


def cluster() -> SLURMCluster:
    """As many jobs as there is work for, each a process that works on four parts at a time."""
    LOGS.mkdir(parents=True, exist_ok=True)
    workers = SLURMCluster(
        # Of your site: `sinfo` names partitions, `sacctmgr show associations` accounts.
        queue="normal",
        account=None,
        walltime="04:00:00",
        # A worker that is told to end 5 minutes before SLURM kills it loses no part.
        worker_extra_args=["--lifetime", "235m", "--lifetime-stagger", "4m", "--no-dashboard"],
        # `extract --estimate` says how much memory a worker takes.
        cores=4,
        processes=1,
        memory="8GB",
        # With a GPU for each job: its network runs there, and the cores decode films.
        job_extra_directives=[],  # ["--gres=gpu:1"]
        # The same Python and the same program.
        python=sys.executable,
        job_script_prologue=[f"cd {PROJECT}", f"export PYTHONPATH={PROJECT}"],
        # What a job says for itself, such as why it ended at once.
        log_directory=str(LOGS),
        # The network that nodes reach each other by; `ip address` names it.
        interface=None,
        # Others are on that network: keys made for this run, which only you can read.
        security=True,
        shared_temp_directory=str(LOGS),
        scheduler_options={"dashboard_address": "127.0.0.1:0"},
    )
    workers.adapt(minimum=1, maximum_jobs=JOBS)
    return workers
