"""Prediction by workers: images are sent in chunks, findings come back in order."""

import os
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, partial
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np

import storage
from clusters import extraction
from datasets.images import Images
from errors import ClusterUnusable
from features.extraction_plan import Crew
from features.recipe import digest
from inference.bundle_options import Predict
from inference.image_loop import WINDOW
from inference.predictions import Prediction, stream
from inference.working_bundle import WorkingBundle
from models.bundle_manifest import CONTENTS

IMAGES_PER_CHUNK = 4 * WINDOW


class Job(NamedTuple):
    """What a worker needs besides its images; `contents` is the digest of the bundle's manifest."""

    bundle: Path
    contents: str
    weights: str
    tta: int
    abstain: float
    code: str
    witnesses: tuple[Path, ...]


def streamed(images: Images, options: Predict, crew: Crew) -> Iterator[Prediction]:
    """The predictions of the crew for each image, in order."""
    bundle = options.bundle.resolve()
    weights = os.path.abspath(options.weights) if options.weights else ""
    paths = np.array([os.path.abspath(path) for path in images.paths], object)
    readable = [Path(path) for path in paths[:1] if os.path.isfile(path)]
    contents = _contents(bundle)
    witnesses = (bundle / CONTENTS, *readable)
    asked = options.tta, options.abstain
    job = Job(bundle, contents, weights, *asked, extraction.code(), witnesses)
    chunks = _chunks(replace(images, paths=paths))
    return chain.from_iterable(crew.results(partial(work, job), chunks, _described))


def work(job: Job, images: Images) -> list[Prediction]:
    """The predictions of a worker for a chunk of images."""
    extraction.check(job.witnesses, job.code)
    if _contents(job.bundle) != job.contents:
        raise ClusterUnusable(
            f"Workers must find the same bundle as the client in {job.bundle}; another one is"
            " there. Put the bundle on a file system that all share."
        )
    working = _opened(job.bundle, job.contents, job.weights, job.abstain)
    return list(stream(working, images, job.tta, 1))


@cache
def _opened(bundle: Path, contents: str, weights: str, abstain: float) -> WorkingBundle:
    extraction.one_thread()
    return WorkingBundle(bundle, weights, abstain)


def _contents(bundle: Path) -> str:
    return digest(storage.read_bytes(bundle / CONTENTS))


def _chunks(images: Images) -> Iterator[Images]:
    numbers = np.arange(len(images))
    for start in range(0, len(images), IMAGES_PER_CHUNK):
        chunk = images.select((numbers >= start) & (numbers < start + IMAGES_PER_CHUNK))
        yield replace(chunk, skipped=())


def _described(images: Images) -> str:
    return f"the {len(images)} images from {images.ids[0]} to {images.ids[-1]}"
