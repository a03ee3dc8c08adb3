"""Images per second of `extract`, compared with a simple script.

    python benchmarks/extract.py --data FOLDER --images 128 --rounds 3

The simple script: cv2.imread, resize, `model.predict` on batches of 32, then SIFT
`detectAndCompute` in a loop and the nearest visual word by brute force. Both do the same work: the
same images, sizes, settings, weights and vocabulary, which is learned beforehand. Candidates take
turns, and the table has the medians of the rounds.

The last lines show how busy `extract` is: for which share of the time its network computes, how
much of their time its threads read and decode images and find visual words, and how much of all
cores it uses. Where the processor runs the network too, the last share is the one to look at: when
it is 100 %, neither side waits for the other.
"""

import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from typing import Annotated
from unittest.mock import patch

import cv2
import numpy as np
import typer

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from datasets import image_files, image_stream, sources
from datasets.images import Images
from datasets.options import Work
from features import extraction_loop
from features.branch import Branch
from features.digests import Digests
from features.extractors.resnet50 import ResNet50
from features.extractors.sift_words import SiftWords
from features.recipe import recipe_of
from features.runtime import keras
from features.store import FeatureStore

BATCH = 32
JOBS = sources.cores(0)


@dataclass
class Busy:
    """Seconds for which each side works, of the seconds that extraction takes."""

    network: float = 0.0
    threads: float = 0.0
    processor: float = 0.0
    total: float = 0.0
    lock: Lock = field(default_factory=Lock)

    def timed(self, run, side):
        """The function, which adds the seconds of each call to a side."""

        def timed(*arguments):
            started = time.perf_counter()
            try:
                return run(*arguments)
            finally:
                self.add(side, time.perf_counter() - started)

        return timed

    def add(self, side, seconds):
        """Add seconds to a side, from any thread."""
        with self.lock:
            setattr(self, side, getattr(self, side) + seconds)

    def __str__(self):
        shares = self.network, self.threads / JOBS, self.processor / JOBS
        network, threads, cores = (f"{share / self.total:.0%}" for share in shares)
        return f"network {network}, threads {threads} of the time; {cores} of {JOBS} cores"


def simple_script(images, network, words):
    """Embeddings and histograms of all images, by the simple script."""
    planes = [cv2.imread(path, cv2.IMREAD_GRAYSCALE) for path in images.paths]
    small = np.stack([resized(plane, 224) for plane in planes])
    pixels = np.repeat(small[..., None], 3, axis=-1).astype(np.float32)
    embeddings = network.predict(
        keras.applications.resnet50.preprocess_input(pixels), batch_size=BATCH, verbose=0
    )
    return embeddings, np.array([histogram(plane, words) for plane in planes])


def resized(plane, size):
    """The image at this size."""
    smooth = cv2.INTER_AREA if size < len(plane) else cv2.INTER_LINEAR
    return cv2.resize(plane, (size, size), interpolation=smooth)


def histogram(plane, words):
    """Counts of the nearest visual words over the same pyramid of cells."""
    size = words.image_size
    image = resized(plane, size)
    detector = cv2.SIFT.create(words.n_keypoints, contrastThreshold=words.contrast_threshold)
    keypoints, values = detector.detectAndCompute(image, None)
    values = np.sqrt(values / values.sum(axis=1, keepdims=True))
    nearest = np.linalg.norm(values[:, None] - words.words_[None], axis=2).argmin(axis=1)
    counts = np.zeros(words.width)
    start = 0
    for side in words.pyramid:
        for keypoint, word in zip(keypoints, nearest, strict=True):
            column, row = (min(int(place / size * side), side - 1) for place in keypoint.pt)
            counts[start + (row * side + column) * words.n_words + word] += 1
        start += side * side * words.n_words
    return np.sqrt(counts / np.linalg.norm(np.sqrt(counts)) ** 2)


def hybrid_cxr(images, busy, network, words):
    """The same with `extract`, into an empty cache."""
    with tempfile.TemporaryDirectory() as name:
        cache = Path(name)
        branches = {}
        for extractor in (network, words):
            kind = type(extractor).__name__
            recipe = recipe_of(kind, extractor, images.ids)
            branches[kind] = Branch(extractor, FeatureStore(cache, recipe))
            branches[kind].store.refresh()
        digests = Digests(cache)
        plan = extraction_loop.planned(images, branches, digests, JOBS)
        with watched(network, busy):
            extraction_loop.extract(plan, branches, digests, JOBS)
        keys = [digests.of(path) for path in images.paths]
        return [branch.store.read(images.ids, keys).values for branch in branches.values()]


@contextmanager
def watched(network, busy):
    """A context that adds to `busy` how long each side works."""
    places = (
        (network, "transform_images", "network"),
        (image_stream, "read", "threads"),
        (extraction_loop, "prepare", "threads"),
    )
    with ExitStack() as stack:
        for owner, name, side in places:
            timed = busy.timed(getattr(owner, name), side)
            stack.enter_context(patch.object(owner, name, timed))
        started, used = time.perf_counter(), time.process_time()
        yield
        busy.add("processor", time.process_time() - used)
        busy.add("total", time.perf_counter() - started)


def first(images: Images, count: int) -> Images:
    """The first images, as many as asked for."""
    return images.select(np.arange(len(images)) < count)


def main(
    data: Annotated[
        Path | None, typer.Option(help="Folder with images (default: synthetic images).")
    ] = None,
    images: Annotated[int, typer.Option(help="Number of images.")] = 128,
    rounds: Annotated[int, typer.Option(help="Rounds; each candidate runs once per round.")] = 3,
):
    """Compare the speed of `extract` with that of a simple script."""
    chosen = first(sources.images_of(replace(Work(), data=data)), images)
    words = SiftWords().fit(image_files.read(path) for path in chosen.paths[:64])
    exact, reduced = (
        ResNet50(weights="random", precision=name) for name in ("float32", "bfloat16")
    )
    network = keras.applications.ResNet50(include_top=False, pooling="avg", weights=None)
    network.set_weights(exact.backbone.get_weights())
    candidates = {
        "simple script": lambda _: simple_script(chosen, network, words),
        "extract, float32": lambda busy: hybrid_cxr(chosen, busy, exact, words),
        "extract, bfloat16": lambda busy: hybrid_cxr(chosen, busy, reduced, words),
    }
    results = {name: run(Busy()) for name, run in candidates.items()}
    seconds, busy = ({name: kind() for name in candidates} for kind in (list, Busy))
    for _ in range(rounds):
        for name, run in candidates.items():
            started = time.perf_counter()
            run(busy[name])
            seconds[name].append(time.perf_counter() - started)
    plain = np.median(seconds["simple script"])
    print(
        f"{len(chosen)} images of {chosen.source}, ResNet50 at 224 pixels and SIFT visual words at"
        f" {words.image_size}, {rounds} rounds"
    )
    for name, times in seconds.items():
        median = np.median(times)
        errors = [
            np.linalg.norm(mine - theirs) / np.linalg.norm(theirs)
            for mine, theirs in zip(results[name], results["simple script"], strict=True)
        ]
        print(
            f"{name:18}{len(chosen) / median:8.1f} images/s{plain / median:7.2f} times"
            f"   relative error {errors[0]:.1e} (embedding), {errors[1]:.1e} (visual words)"
        )
    for name, shares in busy.items():
        if shares.total:
            print(f"{name:18}{shares}")


if __name__ == "__main__":
    typer.run(main)
