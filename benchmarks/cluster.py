"""A million films through planner, store and cached read: is memory flat, and time linear?

    python benchmarks/cluster.py [FILMS TEN_TIMES_AS_MANY]

An extractor that computes nothing gives 16 numbers a film, so that what is measured is what every
film costs beside its vector. Films are planned as parts for 64 workers, written part by part,
planned again (nothing is left), and read again 4,096 at a time. What
is remembered of every film's file is kept, saved and loaded again besides, as after an extraction.
Each size runs in a process of its own; the table of films itself (names and paths) is told apart.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from features import extraction_loop
from features.branch import ROWS_PER_PART, Branch
from features.digests import Digests
from features.extraction_plan import IMAGES_AT_ONCE
from features.recipe import digest
from features.store import FeatureStore
from storage import FileState

SIZES = (100_000, 1_000_000)
WORKERS, WIDTH = 64, 16
RECIPE = {"extractor": "stub", "version": 1}


class Table:
    """Names and paths of films that nobody looks into."""

    def __init__(self, images):
        self.ids = np.array([f"{image:08d}_000.png" for image in range(images)], object)
        self.paths = np.array([f"/films/images/{name}" for name in self.ids], object)

    def __len__(self):
        return len(self.ids)


class Unmoved(Digests):
    """Digests of films' files that are as they were, though there are none."""

    of = Digests.last

    def learn(self, paths):
        """Remember every file, and save it."""
        for number, path in enumerate(paths):
            self.remember(path, FileState(number, number, number), digest(path.encode()))
        self.save()


class Clock:
    """Seconds of each stage."""

    def __init__(self):
        self.seconds, self._last = {}, time.perf_counter()

    def stop(self, stage):
        """A stage is over, the next one begins."""
        now = time.perf_counter()
        self.seconds[stage], self._last = now - self._last, now


def memory():
    """The most memory so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def write(plan, folder, digests):
    """Every chunk through a branch of its own, as workers write them; the names of the files."""
    row = np.arange(WIDTH, dtype=np.float32)
    for chunk in plan.chunks(WORKERS, ROWS_PER_PART):
        branch = Branch(SimpleNamespace(), FeatureStore(folder, RECIPE, used=False))
        for number, task in enumerate(chunk):
            branch.accept(task.id, digests.of(task.path), row + number)
        branch.finish()
        yield branch.parts


def measure(images, folder):
    """Seconds of each stage, and memory in MB."""
    table = Table(images)
    clock, tabled = Clock(), memory()
    Unmoved(folder).learn(table.paths)
    clock.stop("remember and save")
    digests = Unmoved(folder)
    clock.stop("load")
    store = FeatureStore(folder, RECIPE)
    branches = {"stub": SimpleNamespace(store=store)}
    plan = extraction_loop.planned(table, branches, digests, 1)
    clock.stop("plan")
    for names in write(plan, folder, digests):
        store.take_in(names)
    clock.stop("write and take in")
    left = len(extraction_loop.planned(table, branches, digests, 1))
    clock.stop("plan again")
    read = 0
    for start in range(0, images, IMAGES_AT_ONCE):
        rows = slice(start, start + IMAGES_AT_ONCE)
        keys = [digests.of(path) for path in table.paths[rows]]
        read += len(store.read(table.ids[rows], keys).values)
    clock.stop("read")
    return {"left": left, "read": read, "seconds": clock.seconds, "table": tabled, "peak": memory()}


def child(images):
    """The measurement of one size, from a process of its own."""
    command = [sys.executable, __file__, str(images)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def main():
    """Print both sizes and what lies between, or, as a child, one size."""
    sizes = [int(images) for images in sys.argv[1:]] or SIZES
    if len(sizes) == 1:
        with tempfile.TemporaryDirectory() as name:
            print(json.dumps(measure(sizes[0], Path(name))))
        return
    found = [child(images) for images in sizes]
    for images, told in zip(sizes, found, strict=True):
        stages = ", ".join(f"{name} {each:.1f} s" for name, each in told["seconds"].items())
        print(f"{images:>9,} films: {stages}; {told['left']} left, {told['read']:,} read")
        print(f"{'':9} memory {told['table']:.0f} MB with the table, {told['peak']:.0f} MB at most")
    totals = [sum(told["seconds"].values()) for told in found]
    beside = [told["peak"] - told["table"] for told in found]
    each = (beside[1] - beside[0]) * 1024**2 / (sizes[1] - sizes[0])
    print(f"ten times the films: {totals[1] / totals[0]:.1f} times the time,")
    print(f"{beside[1] - beside[0]:.0f} MB more beside the table, {each:.0f} bytes a film")


if __name__ == "__main__":
    main()
