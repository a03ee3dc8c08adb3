"""How fast a backbone runs here: what a user would write, against ours, and what the chip allows.

    python benchmarks/backbone.py --backbone resnet50 --images 64 --rounds 5

Contenders take turns, so that a machine that slows down slows all of them; medians of the rounds.
Processor seconds a film stand beside the films a second, for they mind other programs less.
"""

import sys
import time
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import features.extractors
import registry
from features.runtime import keras, tf
from progress import track

BATCH = 32
GEMM = 4096


def main(
    backbone: Annotated[str, typer.Option(help="Name of a deep extractor.")] = "resnet50",
    weights: Annotated[str, typer.Option(help="random, imagenet or FILE.")] = "random",
    images: Annotated[int, typer.Option(help="Films in a round.")] = 64,
    rounds: Annotated[int, typer.Option(help="Turns of each contender.")] = 5,
):
    """Print the table."""
    make = registry.load(features.extractors, backbone)
    exact, reduced = (make(weights=weights, precision=p) for p in ("float32", "bfloat16"))
    if weights == "random":
        live_in(exact.backbone)
        live_in(reduced.backbone)
    size = exact.preprocessing.image_size
    planes = np.random.default_rng(0).integers(0, 256, (images, size, size), dtype=np.uint8)
    contenders = {
        "model.predict": predict(exact),
        "tf.function": plain_function(exact),
        "ours, float32": exact.transform_images,
        "ours, bfloat16": reduced.transform_images,
    }
    found = {name: run(planes) for name, run in contenders.items()}
    timings, peaks = take_turns(contenders, planes, rounds)
    operations = image_operations(exact.backbone)
    print(f"{backbone}, {weights} weights, {images} films of {size} pixels, {rounds} rounds")
    print(f"{operations / 1e9:.1f} GFLOP a film; float32 GEMM {np.median(peaks) / 1e9:.0f} GFLOP/s")
    report(found, timings, operations / np.median(peaks))


def live_in(network):
    """Give batch norms numbers as training would; with zero shifts TensorFlow drops additions."""
    rng = np.random.default_rng(0)
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            for weight in layer.weights:
                middle = 1 if weight.name in ("gamma", "moving_variance") else 0
                weight.assign(rng.uniform(middle - 0.2, middle + 0.2, weight.shape))


def pooled(extractor):
    """The plain network with pooling on top, and its input for images."""
    network = extractor.backbone
    outputs = network.outputs[0]
    if len(outputs.shape) == 4:
        outputs = keras.layers.GlobalAveragePooling2D()(outputs)
    return keras.Model(network.inputs, outputs)


def predict(extractor):
    """What a user writes first."""
    network = pooled(extractor)

    def run(images):
        return network.predict(extractor.prepare(images), batch_size=BATCH, verbose=0)

    return run


def plain_function(extractor):
    """What a user writes next."""
    network = pooled(extractor)

    # Nothing in it needs rewriting, and a look into imports would only warn.
    @tf.function(autograph=False)
    def compute(images):
        return network(extractor.prepare(images), training=False)

    def run(images):
        batches = (images[start : start + BATCH] for start in range(0, len(images), BATCH))
        return np.concatenate([compute(tf.constant(batch)) for batch in batches])

    return run


def take_turns(contenders, planes, rounds):
    """Seconds (rounds, 2) of each contender by the clock and the processor; GEMM's FLOP/s."""
    timings = {name: [] for name in contenders}
    square = tf.random.stateless_uniform((GEMM, GEMM), (0, 0))
    multiply, peaks = tf.function(tf.matmul), []
    multiply(square, square)
    for _ in track(range(rounds), "benchmark", rounds, unit="rounds"):
        for name, run in contenders.items():
            timings[name].append(seconds(run, planes))
        peaks.append(2 * GEMM**3 / seconds(lambda x: multiply(x, x).numpy(), square)[0])
    return timings, peaks


def seconds(run, argument):
    """One call, by the clock and by the processor."""
    clock, processor = time.perf_counter(), time.process_time()
    run(argument)
    return time.perf_counter() - clock, time.process_time() - processor


def image_operations(network):
    """Floating-point operations of the convolutions for one film."""
    return sum(
        2 * int(np.prod(layer.kernel.shape)) * int(np.prod(layer.output.shape[1:3]))
        for layer in network.layers
        if isinstance(layer, keras.layers.Conv2D | keras.layers.DepthwiseConv2D)
    )


def report(found, timings, peak_seconds):
    """Print a line for each contender; peak_seconds is what a film takes at float32 GEMM speed."""
    plain = found["tf.function"]
    first = np.median(timings["model.predict"], axis=0)[0]
    print(f"{'':16}{'films/s':>8}{'ratio':>7}{'CPU ms':>8}{'peak':>7}{'cosine':>9}{'error':>10}")
    for name, vectors in found.items():
        clock, processor = np.median(timings[name], axis=0)
        cosine = (vectors * plain).sum() / np.linalg.norm(vectors) / np.linalg.norm(plain)
        error = np.linalg.norm(vectors - plain) / np.linalg.norm(plain)
        images = len(vectors)
        print(
            f"{name:16}{images / clock:8.1f}{first / clock:7.2f}{1000 * processor / images:8.1f}"
            f"{peak_seconds * images / clock:7.0%}{cosine:9.5f}{error:10.1e}"
        )


if __name__ == "__main__":
    typer.run(main)
