"""Every classifier on the same folds: macro AUC over seeds, and the gain over the CNN alone.

    python benchmarks/models.py --data DIR --weights FILE.keras --features FOLDER

Folds are by patient; visual words are learned from the training images of each fold. FOLDER keeps
the features for the next run. The first two figures are means over folds ± standard deviation over
seeds. The third is over all images at once, each predicted by the models that did not see it
(averaged over seeds), with a 95 % interval from resampled patients.
"""

import sys
import time
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
import typer

# This folder also has a models.py, which would hide the models folder.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import features.extractors
import models.classifiers
import registry
from datasets import image_files, loading, splits
from datasets.options import Reading
from evaluation.auc import label_aucs, macro
from evaluation.bootstrap import interval, replicates
from models.views import Block, Views, duplicated_embedding, shuffled_words
from progress import track

BASELINE = "cnn"
CONTROLS = {"": lambda views, seed: views, "shuffled visual words": shuffled_words}
CONTROLS["duplicated embedding"] = lambda views, seed: duplicated_embedding(views)
HYBRIDS = {
    "dual_input": {},
    "dual_input gated": {"fusion": "gated"},
    "dual_input attention": {"fusion": "attention"},
    "late_fusion": {},
    "late_fusion logistic": {"members": ("cnn", "logistic:words")},
}
# Other heads of the baseline, which need no visual words.
HEADS = {
    "cnn two layers": {"hidden": (512, 256)},
    "cnn batch norm": {"batch_norm": True},
    "cnn two layers batch norm": {"hidden": (512, 256), "batch_norm": True, "dropout": 0.5},
    "cnn smoothing": {"label_smoothing": 0.05},
    "cnn cosine": {"schedule": "cosine", "warmup_epochs": 2, "epochs": 30},
}
ALONE = {
    "logistic": {},
    "logistic words": {"views": ("words",)},
    "logistic both": {"views": ("deep", "words")},
    "dual_input words": {"views": ("words",)},
    "xgboost deep": {"views": ("deep",)},
    "xgboost": {},
}


class Entry(NamedTuple):
    """A row of the table; its title begins with the name of the classifier."""

    title: str
    options: dict
    control: str = ""


ENTRIES = [
    Entry(BASELINE, {}),
    *(Entry(*pair) for pair in (ALONE | HYBRIDS | HEADS).items()),
    *(Entry(*pair, control) for pair in HYBRIDS.items() for control in list(CONTROLS)[1:]),
]


def main(
    data: Annotated[Path, typer.Option(help="Folder with images and a label table.")],
    weights: Annotated[Path, typer.Option(help="Network for the embedding, without its head.")],
    features: Annotated[Path, typer.Option(help="Folder for the features.")],
    only: Annotated[str, typer.Option(help="Titles to run, comma-separated (default: all).")] = "",
    n_folds: Annotated[int, typer.Option(help="Number of folds, by patient.")] = 5,
    n_seeds: Annotated[int, typer.Option(help="Number of seeds.")] = 3,
) -> None:
    """Compare the macro AUC of all classifiers with that of `cnn`."""
    images = loading.load(Reading(data=data, split="random"))
    sets = [split.sets for split in splits.folds(images, n_folds, 0)]
    wanted = [entry for entry in ENTRIES if entry.title in only.split(",") or not only]
    needs_words = any(entry.title not in (BASELINE, *HEADS) for entry in wanted)
    views = views_of(images, sets, weights, features, needs_words)
    typer.echo(f"{len(images)} images, {len(set(images.patients))} patients, {n_folds} folds")
    typer.echo("| classifier | macro AUC | minus cnn | pooled, minus cnn | s to fit |")
    typer.echo("|---|---|---|---|---|")
    baseline = None
    for entry in wanted:
        aucs, pooled, seconds = evaluated(entry, images, sets, views, range(n_seeds))
        whole = macro(label_aucs(images.labels, pooled))
        resampled = replicates(images.labels, pooled, images.patients)
        baseline = baseline or (aucs, whole, resampled)
        low, high = interval((resampled - baseline[2]).macro)
        title = " with ".join(filter(None, (entry.title, entry.control)))
        typer.echo(
            f"| {title} | {spread(aucs)} | {spread(aucs - baseline[0], '+')} |"
            f" {whole - baseline[1]:+.4f} ({low:+.4f} to {high:+.4f}) | {seconds:.1f} |"
        )


def evaluated(entry, images, sets, views, seeds):
    """Macro AUC by seed (mean of folds), mean probabilities (n, k), mean seconds of a fit."""
    aucs = np.zeros((len(sets), len(seeds)))
    pooled, seconds = np.zeros(images.labels.shape), []
    for fold, seed in track(list(np.ndindex(aucs.shape)), entry.title, aucs.size, "fits"):
        seen = CONTROLS[entry.control](views[fold], seed)
        train, validation, test = (sets[fold] == part for part in splits.SETS)
        model = registry.load(models.classifiers, entry.title.split()[0])(
            seed=seed, **entry.options
        )
        held_out = (seen.select(validation), images.labels[validation])
        started = time.perf_counter()
        model.fit(seen.select(train), images.labels[train], validation=held_out)
        seconds.append(time.perf_counter() - started)
        probabilities = model.predict_proba(seen.select(test))
        aucs[fold, seed] = macro(label_aucs(images.labels[test], probabilities))
        pooled[test] += probabilities / len(seeds)
    return aucs.mean(axis=0), pooled, np.mean(seconds)


def spread(figures, sign=""):
    """Mean and standard deviation over seeds."""
    deviation = figures.std(ddof=1) if len(figures) > 1 else np.nan
    return f"{figures.mean():{sign}.4f} ± {deviation:.4f}"


def views_of(images, sets, weights, folder, needs_words):
    """Views of each fold: the embedding, and visual words learned from its training images."""
    folder.mkdir(parents=True, exist_ok=True)
    planes = [image_files.read(Path(path)) for path in track(images.paths, "decode", len(images))]
    deep = registry.load(features.extractors, "keras_file")(weights=str(weights))
    words = registry.load(features.extractors, "dense_sift_fisher")()
    embedding = kept(folder / "deep.npy", deep, planes, planes)
    if not needs_words:
        return [Views({"deep": Block(embedding, "deep")})] * len(sets)
    return [
        Views(
            {
                "deep": Block(embedding, "deep"),
                "words": Block(kept(folder / f"words_{fold}.npy", words, learned, planes), "words"),
            }
        )
        for fold, part in enumerate(sets)
        for learned in [[planes[row] for row in np.flatnonzero(part == splits.TRAIN)]]
    ]


def kept(path, extractor, training, planes):
    """Features (n, d) of planes by an extractor fitted to others, from the file if it exists."""
    if not path.exists():
        np.save(path, extractor.fit(training).transform(planes))
    return np.load(path)


if __name__ == "__main__":
    typer.run(main)
