"""Memory and reading time of the feature store, by the number of images.

    python benchmarks/store.py

It writes rows of a stub extractor to the real store, each size in a process of its own, and prints
the peak memory of each. Then it opens and reads 112,120 embeddings of 2,048 numbers.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from features.branch import ROWS_PER_PART, Branch
from features.recipe import digest
from features.store import FeatureStore

WIDTH = 2048
# Rows to write, ten times as many, and the number of NIH's images, which are read.
SIZES = (10_000, 100_000, 112_120)
RECIPE = {"extractor": "stub", "version": 1}


def write(folder, images):
    """Write this number of rows through a branch, as `extract` does."""
    rng = np.random.default_rng(0)
    stub = SimpleNamespace()
    branch = Branch(stub, FeatureStore(folder, RECIPE))
    for image in range(images):
        name = f"{image:08d}_000.png"
        branch.accept(name, digest(name.encode()), rng.random(WIDTH, np.float32))
    branch.finish()


def read(folder, images):
    """Read all embeddings, with checksums of every part; print the seconds to open and to read."""
    started = time.perf_counter()
    store = FeatureStore(folder, RECIPE).refresh()
    opened = time.perf_counter()
    ids = np.array([f"{image:08d}_000.png" for image in range(images)], object)
    embeddings = store.read(ids, [digest(name.encode()) for name in ids]).values
    done = time.perf_counter()
    print(
        f"{len(embeddings):,} embeddings of {embeddings.shape[1]:,} numbers,"
        f" {ROWS_PER_PART} a part: opened and checked in {opened - started:.1f} s,"
        f" read in {done - opened:.1f} s"
    )


def peak(images):
    """Peak memory in MB of a process that writes this number of rows."""
    done = subprocess.run(
        [sys.executable, __file__, str(images)], capture_output=True, text=True, check=True
    )
    print(f"{images:>8,} rows written: peak memory {done.stdout.strip()} MB")
    return float(done.stdout)


def main():
    """Print the comparison, or the peak of one size in a child process."""
    sizes = [int(rows) for rows in sys.argv[1:]] or SIZES
    with tempfile.TemporaryDirectory() as name:
        if len(sizes) == 1:
            write(Path(name), sizes[0])
            print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
            return
        small, large = map(peak, sizes[:2])
        print(f"ten times the images take {large - small:.0f} MB more")
        write(Path(name), sizes[2])
        read(Path(name), sizes[2])


if __name__ == "__main__":
    main()
