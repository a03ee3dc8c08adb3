"""Images per second of a backbone, compared with plain Keras and with the processor's speed.

    python benchmarks/backbone.py --backbone resnet50 --images 64 --rounds 5
    python benchmarks/backbone.py --backbone keras_file --weights FILE.keras --onnx FILE.onnx

Candidates take turns, so that a slower machine slows all of them; the table has the medians of
the rounds. It also has processor time per image, which depends less on other programs.
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
from features.extractors.onnx_file import OnnxFile
from features.runtime import keras, tf
from progress import track

BATCH = 32
GEMM = 4096


def main(
    backbone: Annotated[
        str, typer.Option(help="Name of a network, such as resnet50.")
    ] = "resnet50",
    weights: Annotated[str, typer.Option(help="Weights: random, imagenet or a file.")] = "random",
    images: Annotated[int, typer.Option(help="Images per round.")] = 64,
    rounds: Annotated[int, typer.Option(help="Rounds; each candidate runs once per round.")] = 5,
    onnx: Annotated[
        str, typer.Option(help="The same network as an ONNX file that takes RGB from 0 to 255.")
    ] = "",
):
    """Compare the speed of a backbone in plain Keras and in Hybrid CXR."""
    make = registry.load(features.extractors, backbone)
    exact, reduced = (make(weights=weights, precision=p) for p in ("float32", "bfloat16"))
    if weights == "random":
        set_norms(exact.backbone)
        set_norms(reduced.backbone)
    size = exact.preprocessing.image_size
    planes = np.random.default_rng(0).integers(0, 256, (images, size, size), dtype=np.uint8)
    candidates = {
        "model.predict": predict(exact),
        "tf.function": compiled(exact),
        "Hybrid CXR, float32": exact.transform_images,
        "Hybrid CXR, bfloat16": reduced.transform_images,
    }
    if onnx:
        candidates["onnx_file"] = OnnxFile(weights=onnx, scale="raw").transform_images
    results = {name: run(planes) for name, run in candidates.items()}
    timings, peaks = take_turns(candidates, planes, rounds)
    operations = image_operations(exact.backbone)
    print(f"{backbone}, {weights} weights, {images} images of {size} pixels, {rounds} rounds")
    print(
        f"{operations / 1e9:.1f} GFLOP an image; float32 GEMM {np.median(peaks) / 1e9:.0f} GFLOP/s"
    )
    report(results, timings, operations / np.median(peaks))


def set_norms(network):
    """Give batch norms weights as after training; TensorFlow leaves out additions of 0."""
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
    """A function that calls `model.predict`, as in a simple script."""
    network = pooled(extractor)

    def run(images):
        return network.predict(extractor.prepare(images), batch_size=BATCH, verbose=0)

    return run


def compiled(extractor):
    """A function that calls the network in a `tf.function` on each batch."""
    network = pooled(extractor)

    # Autograph has nothing to rewrite, and would only warn.
    @tf.function(autograph=False)
    def compute(images):
        return network(extractor.prepare(images), training=False)

    def run(images):
        batches = (images[start : start + BATCH] for start in range(0, len(images), BATCH))
        return np.concatenate([compute(tf.constant(batch)) for batch in batches])

    return run


def take_turns(candidates, planes, rounds):
    """Wall-clock and processor seconds (rounds, 2) of each candidate, and FLOP/s of GEMM."""
    timings = {name: [] for name in candidates}
    square = tf.random.stateless_uniform((GEMM, GEMM), (0, 0))
    multiply, peaks = tf.function(tf.matmul), []
    multiply(square, square)
    for _ in track(range(rounds), "benchmark", rounds, unit="rounds"):
        for name, run in candidates.items():
            timings[name].append(seconds(run, planes))
        peaks.append(2 * GEMM**3 / seconds(lambda x: multiply(x, x).numpy(), square)[0])
    return timings, peaks


def seconds(run, argument):
    """Wall-clock and processor seconds of one call."""
    clock, processor = time.perf_counter(), time.process_time()
    run(argument)
    return time.perf_counter() - clock, time.process_time() - processor


def image_operations(network):
    """Floating-point operations of the convolutions for one image."""
    return sum(
        2 * int(np.prod(layer.kernel.shape)) * int(np.prod(layer.output.shape[1:3]))
        for layer in network.layers
        if isinstance(layer, keras.layers.Conv2D | keras.layers.DepthwiseConv2D)
    )


def report(results, timings, peak_seconds):
    """Print a line for each candidate; peak_seconds is an image's time at float32 GEMM speed."""
    plain = results["tf.function"]
    first = np.median(timings["model.predict"], axis=0)[0]
    print(f"{'':20}{'images/s':>8}{'ratio':>7}{'CPU ms':>8}{'peak':>7}{'cosine':>9}{'error':>10}")
    for name, embeddings in results.items():
        clock, processor = np.median(timings[name], axis=0)
        cosine = (embeddings * plain).sum() / np.linalg.norm(embeddings) / np.linalg.norm(plain)
        error = np.linalg.norm(embeddings - plain) / np.linalg.norm(plain)
        images = len(embeddings)
        print(
            f"{name:20}{images / clock:8.1f}{first / clock:7.2f}{1000 * processor / images:8.1f}"
            f"{peak_seconds * images / clock:7.0%}{cosine:9.5f}{error:10.1e}"
        )


if __name__ == "__main__":
    typer.run(main)
