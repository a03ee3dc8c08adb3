"""Memory and time of planning, storing and reading a million images.

    python benchmarks/cluster.py [IMAGES TEN_TIMES_AS_MANY]

The extractor computes nothing and returns 16 numbers per image, so the benchmark measures all other
costs of an image. Images are planned as chunks for 64 workers, written, planned again (nothing is
left), and read 4,096 at a time. The states of their files are saved and loaded as in an extraction.
Each size runs in a process of its own. The table of images (names and paths) is counted separately.
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
from features.recipe import digest
from features.row_index import KEY
from features.scratch import ROWS_AT_ONCE
from features.store import FeatureStore
from storage import FileState

SIZES = (100_000, 1_000_000)
WORKERS, WIDTH = 64, 16
RECIPE = {"extractor": "stub", "version": 1}


class Table:
    """Names and paths of images that do not exist."""

    def __init__(self, images):
        self.ids = np.array([f"{image:08d}_000.png" for image in range(images)], object)
        self.paths = np.array([f"/data/images/{name}" for name in self.ids], object)

    def __len__(self):
        return len(self.ids)


class Unmoved(Digests):
    """Digests of files that never change, because there are none."""

    of = Digests.last

    def each(self, paths):
        """The digests of all files."""
        return np.fromiter(map(self.last, paths), KEY, len(paths))

    def learn(self, paths):
        """Remember every file, and save the digests."""
        for number, path in enumerate(paths):
            self.remember(path, FileState(number, number, number), digest(path.encode()))
        self.save()


class Clock:
    """Seconds of each stage."""

    def __init__(self):
        self.seconds, self._last = {}, time.perf_counter()

    def stop(self, stage):
        """End a stage and begin the next."""
        now = time.perf_counter()
        self.seconds[stage], self._last = now - self._last, now


def memory():
    """Peak memory so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def write(plan, folder, digests):
    """Write every chunk with a branch of its own, as workers do; the names of the files."""
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
    branches = {"stub": Branch(SimpleNamespace(), store)}
    plan = extraction_loop.planned(table, branches, digests, 1)
    clock.stop("plan")
    for names in write(plan, folder, digests):
        store.take_in(names)
    clock.stop("write and take in")
    left = len(extraction_loop.planned(table, branches, digests, 1))
    clock.stop("plan again")
    read = 0
    for start in range(0, images, ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        keys = [digests.of(path) for path in table.paths[rows]]
        read += len(store.read(table.ids[rows], keys).values)
    clock.stop("read")
    return {"left": left, "read": read, "seconds": clock.seconds, "table": tabled, "peak": memory()}


def child(images):
    """The measurement of one size in a process of its own."""
    command = [sys.executable, __file__, str(images)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def main():
    """Print both sizes and their difference, or one size in a child process."""
    sizes = [int(images) for images in sys.argv[1:]] or SIZES
    if len(sizes) == 1:
        with tempfile.TemporaryDirectory() as name:
            print(json.dumps(measure(sizes[0], Path(name))))
        return
    results = [child(images) for images in sizes]
    for images, size in zip(sizes, results, strict=True):
        stages = ", ".join(f"{name} {each:.1f} s" for name, each in size["seconds"].items())
        print(f"{images:>9,} images: {stages}; {size['left']} left, {size['read']:,} read")
        print(f"{'':9} memory {size['table']:.0f} MB with the table, {size['peak']:.0f} MB at most")
    totals = [sum(size["seconds"].values()) for size in results]
    besides = [size["peak"] - size["table"] for size in results]
    each = (besides[1] - besides[0]) * 1024**2 / (sizes[1] - sizes[0])
    print(f"ten times the images: {totals[1] / totals[0]:.1f} times the time,")
    print(f"{besides[1] - besides[0]:.0f} MB more besides the table, {each:.0f} bytes an image")


if __name__ == "__main__":
    main()
