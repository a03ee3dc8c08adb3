"""Workers of a SLURM cluster, for `--cluster examples/slurm.py`; needs `pip install dask-jobqueue`.

A copy of this file with the names of your partition and account is all that has to be written. The
command itself runs on a login node or in a small job of its own: it plans, waits and reports.
Workers come as soon as the queue gives them, and the command begins with the first.
"""

import sys
from pathlib import Path

from dask_jobqueue import SLURMCluster

PROJECT = Path(__file__).resolve().parents[1]
# So many jobs are asked for at most, and given back when there is nothing left to do.
JOBS = 16


def cluster() -> SLURMCluster:
    """As many jobs as there is work for, each a process that works on four parts at a time."""
    workers = SLURMCluster(
        # Of your site: `sinfo` names partitions, `sacctmgr show associations` accounts.
        queue="normal",
        account=None,
        walltime="04:00:00",
        # A worker that is told to end 5 minutes before SLURM kills it loses no part.
        worker_extra_args=["--lifetime", "235m", "--lifetime-stagger", "4m"],
        # `extract --estimate` says how much memory a worker takes.
        cores=4,
        processes=1,
        memory="8GB",
        # With a GPU for each job: its network runs there, and the cores decode films.
        job_extra_directives=[],  # ["--gres=gpu:1"]
        # The same Python and the same program, on a file system that all nodes share.
        python=sys.executable,
        job_script_prologue=[f"cd {PROJECT}", f"export PYTHONPATH={PROJECT}"],
        # The network that nodes reach each other by; `ip address` names it.
        interface=None,
    )
    workers.adapt(minimum=1, maximum_jobs=JOBS)
    return workers
