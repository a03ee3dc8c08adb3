"""A scheduler and two workers as processes: whoever is killed, the run ends with the same bits."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from features.digests import Digests
from features.store import FeatureStore
from features.upkeep import stores
from tests import fakes

PROJECT = Path(__file__).resolve().parents[2]
IMAGES = 320
# Parts of one batch, so that a short run has many.
PROGRAM = (
    "import sys, cli; from features import branch; branch.ROWS_PER_PART = 32;"
    "sys.exit(cli.main(sys.argv[1:]))"
)
SETTINGS = "orb_words.n_words=16 orb_words.image_size=512 orb_words.sample_images=20"
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return fakes.sick_and_well(tmp_path_factory.mktemp("films"), IMAGES, 200, 200)


@pytest.fixture
def processes():
    """What was started, ended whatever happens."""
    started = []
    yield started
    for process in started:
        kill(process)


def start(processes, *command, **options):
    processes.append(subprocess.Popen(command, cwd=PROJECT, start_new_session=True, **options))
    return processes[-1]


def kill(process):
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def dask(processes, role, *options):
    command = [sys.executable, "-m", "dask", role, *options, "--no-dashboard"]
    return start(processes, *command, **QUIET)


def scheduler(processes, port):
    return dask(processes, "scheduler", "--host", "127.0.0.1", "--port", str(port))


def worker(processes, port):
    return dask(processes, "worker", f"tcp://127.0.0.1:{port}", "--nthreads", "1")


def free_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


def extract(processes, root, cache, *options):
    arguments = ["extract", "--data", str(root), "--extractors", "orb_words", "--set", SETTINGS]
    arguments += ["--cache", str(cache), "--out", str(cache / "out"), *options]
    return start(processes, sys.executable, "-c", PROGRAM, *arguments, **QUIET)


def parts(cache):
    return list(cache.glob("orb_words-*/part-*"))


def begun(run, cache):
    """Waits until a part is written and others are under way."""
    while not parts(cache) and run.poll() is None:
        time.sleep(0.05)


def vectors(cache):
    """Every vector by film's digest, each image in one set alone."""
    (stored,) = stores(cache)
    store = FeatureStore(cache, stored.recipe)
    store.load_learned(Digests(cache))
    keys = sorted(store.refresh().rows)
    assert stored.images == len(keys)
    values = store.read(np.array(keys, object), keys).values
    return dict(zip(keys, map(bytes, values), strict=True))


@pytest.fixture(scope="module")
def unbroken(root, tmp_path_factory):
    cache = tmp_path_factory.mktemp("unbroken")
    assert extract([], root, cache).wait() == 0
    found = vectors(cache)
    assert len(found) == IMAGES
    return found


def test_a_killed_worker_costs_its_parts_alone(root, tmp_path, processes, unbroken):
    port = free_port()
    scheduler(processes, port)
    doomed, _ = worker(processes, port), worker(processes, port)
    run = extract(processes, root, tmp_path, "--cluster", f"tcp://127.0.0.1:{port}")
    begun(run, tmp_path)
    kill(doomed)
    assert run.wait() == 0
    assert vectors(tmp_path) == unbroken


def test_after_a_restart_of_the_scheduler_nothing_is_lost_or_doubled(
    root, tmp_path, processes, unbroken
):
    port = free_port()
    first = scheduler(processes, port)
    worker(processes, port)
    run = extract(processes, root, tmp_path, "--cluster", f"tcp://127.0.0.1:{port}")
    begun(run, tmp_path)
    kill(first)
    left = IMAGES // 32 - len(parts(tmp_path))
    scheduler(processes, port)
    # That of before may end with its scheduler.
    worker(processes, port)
    assert left > 0
    assert run.wait() == 0
    assert vectors(tmp_path) == unbroken
