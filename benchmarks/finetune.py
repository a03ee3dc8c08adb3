"""How fast a network is trained on images, and whether its input keeps up.

    python benchmarks/finetune.py --data DIR --backbone resnet50 --batch-size 32 --steps 8

A step is the forward and backward pass of an augmented batch, as in `finetuned`. The benchmark also
measures how many images a second are decoded from files, and put into batches from cached pixels.
It uses a GPU if there is one. The peak is that of a large matrix product in the same precision.
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import features.extractors
import registry
from benchmarks.backbone import image_operations
from datasets import image_files, loading
from datasets.image_stream import ahead
from datasets.options import Reading
from features.engine import devices
from features.runtime import tf
from models.classifiers.finetuned import FineTuned
from models.views import Block, Views

GEMM = 4096
LABELS = 15
# One pass forward, and two backward: to the inputs and to the weights.
PASSES = 3


def main(
    data: Annotated[Path, typer.Option(help="Folder with images and a label table.")],
    backbone: Annotated[
        str, typer.Option(help="Name of a network, such as resnet50.")
    ] = "resnet50",
    weights: Annotated[str, typer.Option(help="Weights: random, imagenet or a file.")] = "random",
    precision: Annotated[str, typer.Option(help="Precision: auto, float32 or bfloat16.")] = "auto",
    batch_size: Annotated[int, typer.Option(help="Images per training step.")] = 32,
    images: Annotated[int, typer.Option(help="Number of images to decode and train on.")] = 256,
    steps: Annotated[int, typer.Option(help="Number of timed training steps.")] = 8,
    jobs: Annotated[int, typer.Option(help="Number of decoding threads.")] = 2,
) -> None:
    """Measure how many images per second are decoded, batched and trained on."""
    extractor = registry.load(features.extractors, backbone)(weights=weights, precision=precision)
    size = extractor.preprocessing.image_size
    paths = loading.load(Reading(data=data, split="random")).paths[:images]
    pixels, decoding = decoded(paths, size, jobs)
    labels = (np.random.default_rng(0).random((len(pixels), LABELS)) < 0.2).astype(np.float32)
    views = Views({"pixels": Block(pixels, "pixels")})
    options = FineTuned(
        backbone=backbone, weights=weights, precision=precision, batch_size=batch_size
    )
    tuner = options.tuner(views, labels, (views, labels))
    making = rate(batches(tuner.batches, steps), batch_size, steps)
    learning = rate(learned(tuner, steps), batch_size, steps)
    policy = "float32" if extractor.policy == "float32" else "bfloat16"
    peak = matrix_peak(policy) * len(devices())
    operations = PASSES * image_operations(extractor.backbone)
    typer.echo(f"{backbone} in {policy}, {size} pixels, batches of {batch_size}, {devices()}")
    typer.echo(f"decoding images from files, {jobs} threads: {decoding:,.1f} images/s")
    typer.echo(f"batches of cached images: {making:,.1f} images/s")
    typer.echo(f"training: {learning:,.1f} images/s")
    typer.echo(
        f"{operations / 1e9:.1f} GFLOP an image; matrix product {peak / 1e9:,.0f} GFLOP/s; training"
        f" at {operations * learning / peak:.0%} of it"
    )


def decoded(paths, size, jobs):
    """Images (n, size * size), and how many a second were read, decoded and resized."""
    pixels = registry.load(features.extractors, "pixels")(image_size=size)
    started = time.perf_counter()
    with ThreadPoolExecutor(jobs) as pool:
        read = ahead(pool, lambda path: pixels.transform([image_files.read(path)]), paths, 4 * jobs)
        images = np.concatenate(list(read))
    return images, len(images) / (time.perf_counter() - started)


def batches(images, steps):
    """Yield the batch of each step."""
    plan = images.plan(0)
    for step in range(steps):
        yield images.make(plan[step % len(plan)], 0, step)


def learned(tuner, steps):
    """The loss after each step."""
    plan = tuner.batches.plan(0)
    repeated = np.resize(plan, (steps, plan.shape[1]))
    return map(float, tuner.steps(repeated, 0, 0, np.zeros(0)))


def rate(work, images, steps):
    """Images a second over the steps after the first, which also compiles."""
    next(work)
    started = time.perf_counter()
    done = sum(1 for _ in work)
    return images * done / (time.perf_counter() - started)


def matrix_peak(precision):
    """Floating-point operations a second of a large matrix product on one device."""
    square = tf.cast(tf.random.stateless_uniform((GEMM, GEMM), (0, 0)), precision)
    multiply = tf.function(tf.matmul)
    best = 0.0
    for _ in range(6):
        started = time.perf_counter()
        multiply(square, square)[0, 0].numpy()
        best = max(best, 2 * GEMM**3 / (time.perf_counter() - started))
    return best


if __name__ == "__main__":
    typer.run(main)
