"""`extract --estimate`: what many images would take on many workers, by trying some here."""

import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from datasets.images import Images
from errors import InvalidOption
from features import extraction_loop, extraction_plan
from features.branch import Branch
from features.digests import Digests
from features.extraction_plan import BATCH
from features.extractor import Extractor
from features.recipe import recipe_of
from features.store import FeatureStore
from pipelines import Result
from pipelines.command_options import Extract
from progress import say, size_of

IMAGES_TRIED = 4 * BATCH
SECONDS_PER_HOUR = 3600
# What the client keeps of an image: its row of the label table, its path, labels and set.
BYTES_OF_CLIENT = 900


@dataclass(frozen=True)
class Trial:
    """The speed of one worker with one thread, bytes per image, and its memory in bytes."""

    images_per_second: float
    bytes_per_image: float
    memory: int


@dataclass(frozen=True)
class Estimate:
    """What images take on workers that wait neither for each other nor for the disk."""

    images: int
    workers: int
    hours: float
    cache_bytes: float
    worker_memory: int
    client_memory: int


def estimated(images: Images, extractors: dict[str, Extractor], options: Extract) -> Result:
    """The estimate as text and JSON."""
    if options.estimate < 0 or options.workers < 1:
        raise InvalidOption(
            "--estimate takes a number of images, and --workers at least 1; got"
            f" {options.estimate} and {options.workers}. Try --estimate 100000 --workers 8."
        )
    if len(images) <= BATCH:
        raise InvalidOption(
            f"--estimate tries {IMAGES_TRIED} images, the first {BATCH} to warm up; {images.source}"
            f" has {len(images)}. Name a folder with more, or omit --data."
        )
    trial = tried(images, extractors)
    estimate = extrapolated(trial, options.estimate, options.workers)
    values = {"trial": asdict(trial), "estimate": asdict(estimate)}
    return Result([*_lines(trial, estimate)], values)


def extrapolated(trial: Trial, images: int, workers: int) -> Estimate:
    """The trial's figures, extrapolated to more images on more workers."""
    seconds = images / (trial.images_per_second * workers)
    size = images * trial.bytes_per_image
    hours = seconds / SECONDS_PER_HOUR
    return Estimate(images, workers, hours, size, trial.memory, images * BYTES_OF_CLIENT)


def tried(images: Images, extractors: dict[str, Extractor]) -> Trial:
    """A trial of the extractors on random images, with one thread and a temporary cache."""
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
    rng = np.random.default_rng(0)
    chosen = np.zeros(len(images), bool)
    chosen[rng.permutation(len(images))[:IMAGES_TRIED]] = True
    training = images.ids[images.train]
    with tempfile.TemporaryDirectory() as name:
        cache = Path(name)
        branches = {
            kind: Branch(made, FeatureStore(cache, recipe_of(kind, made, training)))
            for kind, made in extractors.items()
        }
        for branch in branches.values():
            extraction_loop.learn(branch, images.select(chosen), 1)
        some = images.select(chosen)
        plan = extraction_plan.plan(some, branches, Digests(cache).each(some.paths))
        say(f"trying {len(plan)} images with one thread")
        rate = _rate(plan, branches)
    size = sum(extraction_plan.bytes_per_image(made, made.width) for made in extractors.values())
    return Trial(rate, size, memory())


def _rate(plan: extraction_plan.Plan, branches: dict[str, Branch]) -> float:
    """Images per second, once networks and files are warm."""
    tasks = plan.tasks()
    for _ in extraction_loop.worked(islice(tasks, BATCH), branches, 1):
        pass
    started = time.monotonic()
    count = sum(1 for _ in extraction_loop.worked(tasks, branches, 1))
    return count / (time.monotonic() - started)


def memory() -> int:
    """The peak memory of this process in bytes; macOS counts bytes, Linux kilobytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _lines(trial: Trial, estimate: Estimate) -> Iterator[str]:
    yield (
        f"tried here: {trial.images_per_second:,.1f} images/s with one thread,"
        f" {trial.bytes_per_image:,.0f} bytes per image, {size_of(trial.memory)} of memory"
    )
    yield (
        f"{estimate.images:,} images on {estimate.workers:,} workers: {estimate.hours:,.1f} hours,"
        f" {size_of(estimate.cache_bytes)} of cache, {size_of(estimate.worker_memory)} of memory"
        f" for each worker and {size_of(estimate.client_memory)} here"
    )
