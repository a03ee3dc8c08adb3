"""Macro AUC of a linear model on hand-crafted features: alone, and beside an embedding.

    python benchmarks/words.py --data DIR --defaults --weights FILE.keras

Folds are by patient, and everything (vocabulary, PCA, mixture, scaler, model) is learned from the
training images of each fold. The model is ridge regression on standardised features. Its penalty is
always ten times their width, so no setting is tuned more than another. With `--weights FILE.keras`,
the first row has a pretrained network: logistic regression (C = 0.01) on its standardised
embedding. Each further row then also shows what its features add to that: both scores,
standardised within each fold, are averaged. Differences are over all images at once, each predicted
by the models that did not see it, with a 95 % interval from resampled patients. Times are those of
the processor.
"""

import hashlib
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated, NamedTuple

import cv2
import numpy as np
import typer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import features.extractors
import registry
from datasets import image_files, loading, splits
from datasets.options import Reading
from evaluation.auc import label_aucs, macro
from evaluation.bootstrap import interval, replicates
from features.extractor import is_network
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
    "dense_sift_vlad": ({}, {"n_words": 32}, {"position": False}),
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
    "akaze_words": ({}, {"equalise": True}, {"n_words": 512, "pyramid": (1,)}),
    "brisk_words": ({}, {"equalise": True}, {"n_words": 512, "pyramid": (1,)}),
    "hog": ({}, {"equalise": True}, {"pixels_per_cell": 16}, {"pixels_per_cell": 64}),
    "lbp": ({}, {"equalise": True}, {"radii": (1,)}, {"grid": 2}, {"grid": 8}),
    "gabor": ({}, {"equalise": True}, {"image_size": 256}, {"grid": 8}),
    "glcm": ({}, {"equalise": True}, {"image_size": 256}, {"levels": 64}),
    "conv_fisher": ({}, {"position": False}, {"n_gaussians": 64}),
}
# Options that only say which network it is.
NETWORK = {"network", "weights", "precision"}
PENALTY = 10
TIMED = 50
HEAD = (
    *("extractor", "width", "ms an image", "s to fit", "mean of folds", "pooled"),
    *("with the embedding, minus it", "alone, minus the first of the extractors"),
)


class Row(NamedTuple):
    """What was measured of an extractor; `scores` (n, k) are standardised within each fold."""

    title: str
    width: int
    milliseconds: float
    seconds_to_fit: float
    scores: np.ndarray


def main(
    data: Annotated[Path, typer.Option(help="Folder with images and a label table.")],
    extractors: Annotated[str, typer.Option(help="Extractors, comma-separated.")] = ",".join(
        SETTINGS
    ),
    defaults: Annotated[bool, typer.Option(help="Measure only the default settings.")] = False,
    weights: Annotated[Path | None, typer.Option(help="A .keras model without its head.")] = None,
    precision: Annotated[str, typer.Option(help="Precision of that model.")] = "auto",
    n_images: Annotated[int, typer.Option(help="Images, chosen at random; 0: all.")] = 0,
    n_folds: Annotated[int, typer.Option(help="Number of folds, by patient.")] = 5,
    seed: Annotated[int, typer.Option(help="Seed of the folds and extractors.")] = 0,
) -> None:
    """Print a table of settings with their width, cost and macro AUC."""
    cv2.setNumThreads(1)
    images = loading.load(Reading(data=data, split="random"))
    if n_images:
        chosen = np.random.default_rng(seed).permutation(len(images))[:n_images]
        images = images.select(np.sort(chosen))
    planes = [image_files.read(Path(path)) for path in track(images.paths, "decode", len(images))]
    tests = [split.sets == "test" for split in splits.folds(images, n_folds, seed)]
    typer.echo(f"{len(images)} images, {len(set(images.patients))} patients, {n_folds} folds")
    typer.echo(f"| {' | '.join(HEAD)} |")
    typer.echo("|---" * len(HEAD) + "|")
    embedding = first = None
    if weights:
        network = KerasFile(weights=str(weights), precision=precision)
        title = f"{weights.name}, {network.policy}"
        embedding = measured(network, title, planes, images.labels, tests, logistic)
        typer.echo(line(embedding, images, tests, None, None))
    for name, options in chosen_settings(extractors, defaults, weights, precision):
        extractor = registry.load(features.extractors, name)(**options)
        if extractor.learns:
            extractor.set_params(seed=seed)
        changed = (f"{option}={options[option]}" for option in options.keys() - NETWORK)
        # One core, as in extraction; on small matrices, more threads only wait for each other.
        with threadpool_limits(1):
            title = " ".join([name, *changed])
            row = measured(extractor, title, planes, images.labels, tests, ridge)
        typer.echo(line(row, images, tests, embedding, first))
        first = first or row


def chosen_settings(extractors, defaults, weights, precision):
    """Each extractor with each of its settings; without weights those of networks are left out."""
    for name in filter(None, extractors.split(",")):
        shared = {}
        if name == "conv_fisher":
            shared = {"network": "keras_file", "weights": str(weights), "precision": precision}
        if not shared or weights:
            for options in SETTINGS[name][: 1 if defaults else None]:
                yield name, shared | options


def measured(extractor, title, planes, labels, tests, model):
    """The row of an extractor, whose scores of each image come from models that did not see it."""
    if hasattr(extractor, "describe"):
        describe, extractor.describe = extractor.describe, remembered(extractor.describe)
    scores, fitting, values = np.zeros(labels.shape), [], None
    for test in tests:
        started = time.process_time()
        extractor.fit([plane for plane, held_out in zip(planes, test, strict=True) if not held_out])
        fitting.append(time.process_time() - started)
        if values is None or extractor.learns:
            values = extractor.transform(planes)
        scores[test] = standardised(model(values[~test], labels[~test], values[test]))
    if hasattr(extractor, "describe"):
        extractor.describe = describe
    # The first fold also describes the images.
    seconds = np.median(fitting[1:]) if extractor.learns else 0
    return Row(title, extractor.width, milliseconds(extractor, planes[:TIMED]), seconds, scores)


def line(row, images, tests, embedding, first):
    """A line of the table."""
    labels = images.labels
    by_fold = [macro(label_aucs(labels[test], row.scores[test])) for test in tests]
    pooled = macro(label_aucs(labels, row.scores))
    cells = [row.title, str(row.width), f"{row.milliseconds:.1f}", f"{row.seconds_to_fit:.1f}"]
    cells += [f"{np.mean(by_fold):.4f}", f"{pooled:.4f}"]
    both = row.scores + embedding.scores if embedding else None
    cells.append("" if both is None else difference(images, both, embedding.scores))
    cells.append("" if first is None else difference(images, row.scores, first.scores))
    return f"| {' | '.join(cells)} |"


def difference(images, scores, others):
    """The difference of pooled macro AUCs with its 95 % interval."""
    both = [macro(label_aucs(images.labels, each)) for each in (scores, others)]
    resampled = [replicates(images.labels, each, images.patients) for each in (scores, others)]
    low, high = interval((resampled[0] - resampled[1]).macro)
    return f"{both[0] - both[1]:+.4f} [{low:+.4f}, {high:+.4f}]"


def remembered(describe):
    """The same describe, which computes each image only once for all folds."""
    known = {}

    def look_up(image):
        key = hashlib.blake2b(image.tobytes()).digest()
        if key not in known:
            known[key] = small(describe(image))
        return replace(known[key], values=known[key].values.astype(np.float32))

    return look_up


def small(descriptors):
    """Descriptors of bits in a quarter of the memory; others as they are."""
    bits = descriptors.values.astype(np.uint8)
    return replace(descriptors, values=bits) if (bits == descriptors.values).all() else descriptors


def ridge(train, labels, test):
    """Scores (n, k) of ridge regression for test features."""
    model = Ridge(PENALTY * train.shape[1], solver="cholesky")
    return make_pipeline(StandardScaler(), model).fit(train, labels).predict(test)


def logistic(train, labels, test):
    """Scores (n, k) of logistic regression for test features; 0 for labels with one class."""
    scores = np.zeros((len(test), labels.shape[1]))
    for column, label in enumerate(labels.T):
        if len(set(label)) > 1:
            model = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=1000))
            scores[:, column] = model.fit(train, label).decision_function(test)
    return scores


def standardised(scores):
    """Scores (n, k) with mean 0 and deviation 1 for each label."""
    return StandardScaler().fit_transform(scores)


def milliseconds(extractor, planes):
    """Mean processor time of one image, without decoding; networks take many at once."""
    batches = [planes] if is_network(extractor) else [[plane] for plane in planes]
    started = time.process_time()
    for batch in batches:
        extractor.transform(batch)
    return 1000 * (time.process_time() - started) / len(planes)


if __name__ == "__main__":
    typer.run(main)
