"""Macro AUC of a linear model on hand-crafted features, for many settings of each extractor.

    python benchmarks/words.py --data DIR --extractors dense_sift_fisher,dense_sift_words

Folds are by patient, and everything (vocabulary, PCA, mixture, scaler, model) is learned from the
training images of each fold. The model is ridge regression on standardised features. Its penalty is
always ten times their width, so no setting is tuned more than another. With `--weights FILE.keras`,
a last row has a pretrained network: logistic regression (C = 0.01) on its standardised embedding.
"""

import hashlib
import sys
import time
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import features.extractors
import registry
from datasets import image_files, loading, splits
from datasets.options import Reading
from features.extractors.keras_file import KerasFile
from progress import track

# The first of each is the default.
SETTINGS: dict[str, tuple[dict, ...]] = {
    "dense_sift_fisher": (
        {},
        {"equalise": True},
        {"bin_sizes": (8,)},
        {"bin_sizes": (16,)},
        {"bin_sizes": (8, 16)},
        {"position": False},
        {"n_gaussians": 64},
        {"n_gaussians": 64, "n_components": 24},
    ),
    "dense_sift_words": (
        {},
        {"equalise": False},
        {"n_words": 512},
        {"n_words": 512, "weighting": "tfidf"},
        {"n_words": 512, "pyramid": (1, 2)},
        {"n_words": 2048},
    ),
    "sift_words": ({}, {"equalise": True}, {"n_words": 512, "pyramid": (1,)}),
    "orb_words": ({}, {"equalise": True}, {"n_words": 512, "pyramid": (1,)}),
}
PENALTY = 10


def main(
    data: Annotated[Path, typer.Option(help="Folder with images and a label table.")],
    extractors: Annotated[str, typer.Option(help="Extractors, comma-separated.")] = ",".join(
        SETTINGS
    ),
    defaults: Annotated[bool, typer.Option(help="Measure only the default settings.")] = False,
    weights: Annotated[Path | None, typer.Option(help="A .keras model without its head.")] = None,
    precision: Annotated[str, typer.Option(help="Precision of that model.")] = "auto",
    n_folds: Annotated[int, typer.Option(help="Number of folds, by patient.")] = 5,
    seed: Annotated[int, typer.Option(help="Seed of the folds and extractors.")] = 0,
) -> None:
    """Print a table of settings with their width, cost and macro AUC."""
    cv2.setNumThreads(1)
    images = loading.load(Reading(data=data, split="random"))
    planes = [image_files.read(Path(path)) for path in track(images.paths, "decode", len(images))]
    tests = [split.sets == "test" for split in splits.folds(images, n_folds, seed)]
    typer.echo(f"{len(images)} images, {len(set(images.patients))} patients, {n_folds} folds")
    typer.echo("| extractor | width | ms an image | s to fit | mean of folds | pooled |")
    typer.echo("|---|---|---|---|---|---|")
    for name in filter(None, extractors.split(",")):
        for options in SETTINGS[name][: 1 if defaults else None]:
            extractor = registry.load(features.extractors, name)(seed=seed, **options)
            title = " ".join([name, *(f"{option}={value}" for option, value in options.items())])
            # One core, as in extraction; on small matrices, more threads only wait for each other.
            with threadpool_limits(1):
                typer.echo(f"| {title} | {measure(extractor, planes, images.labels, tests)} |")
    if weights:
        network = KerasFile(weights=str(weights), precision=precision)
        cells = measure_network(network, planes, images.labels, tests)
        typer.echo(f"| {weights.name}, {network.policy} | {cells} |")


def measure(extractor, planes, labels, tests):
    """Width, milliseconds an image, seconds to fit, and both macro AUCs, as cells of the table."""
    describe, extractor.describe = extractor.describe, remembered(extractor.describe)
    pooled, by_fold, fitting = np.zeros(labels.shape), [], []
    for test in tests:
        started = time.perf_counter()
        extractor.fit([plane for plane, held_out in zip(planes, test, strict=True) if not held_out])
        fitting.append(time.perf_counter() - started)
        values = extractor.transform(planes)
        pooled[test] = predictions(values[~test], labels[~test], values[test])
        by_fold.append(macro_auc(labels[test], pooled[test]))
    extractor.describe = describe
    figures = (milliseconds(extractor, planes[:50]), np.median(fitting[1:]))
    auc = (np.mean(by_fold), macro_auc(labels, pooled))
    return " | ".join(
        [str(extractor.width), *map("{:.1f}".format, figures), *map("{:.4f}".format, auc)]
    )


def measure_network(network, planes, labels, tests):
    """The same cells for a network, which learns nothing from the images."""
    network.transform(planes[:32])
    started = time.perf_counter()
    values = network.transform(planes)
    cost = 1000 * (time.perf_counter() - started) / len(planes)
    pooled, by_fold = np.zeros(labels.shape), []
    for test in tests:
        for column, label in enumerate(labels.T):
            model = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=1000))
            model.fit(values[~test], label[~test])
            pooled[test, column] = model.decision_function(values[test])
        by_fold.append(macro_auc(labels[test], pooled[test]))
    auc = (np.mean(by_fold), macro_auc(labels, pooled))
    return " | ".join([str(network.width), f"{cost:.1f}", "-", *map("{:.4f}".format, auc)])


def remembered(describe):
    """The same describe, which computes each image only once for all folds."""
    known = {}

    def look_up(image):
        key = hashlib.blake2b(image.tobytes()).digest()
        if key not in known:
            known[key] = describe(image)
        return known[key]

    return look_up


def predictions(train, labels, test):
    """Scores (n, k) of ridge regression for test features."""
    ridge = Ridge(PENALTY * train.shape[1], solver="cholesky")
    return make_pipeline(StandardScaler(), ridge).fit(train, labels).predict(test)


def macro_auc(labels, scores):
    """Mean AUC over the labels that have both classes."""
    both = [k for k in range(labels.shape[1]) if 0 < labels[:, k].sum() < len(labels)]
    return np.mean([roc_auc_score(labels[:, k], scores[:, k]) for k in both])


def milliseconds(extractor, planes):
    """Median time of one image on one core, without decoding."""
    times = []
    for plane in planes:
        started = time.perf_counter()
        extractor.transform([plane])
        times.append(time.perf_counter() - started)
    return 1000 * np.median(times)


if __name__ == "__main__":
    typer.run(main)
