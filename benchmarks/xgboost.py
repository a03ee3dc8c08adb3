"""The shared matrix against one XGBClassifier per label: seconds, peak memory, test AUC.

    python benchmarks/xgboost.py

Both fit the same drawn vectors with the same depth, rate and rounds, each in a process of its
own; about 5 minutes on two cores.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

# In the place of this folder, whose xgboost.py would be taken for the library.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sklearn.multioutput import MultiOutputClassifier
from xgboost import XGBClassifier

from evaluation.auc import label_aucs, macro
from models.classifiers.xgboost import Xgboost
from models.views import Block, Views

N_LABELS = 15
N_FACTORS = 40
TEST_ROWS = 4000


def main(
    rows: Annotated[int, typer.Option(help="Training films.")] = 10_000,
    width: Annotated[int, typer.Option(help="Length of a film's vector.")] = 3072,
    rounds: Annotated[int, typer.Option(help="Trees per label.")] = 30,
    depth: Annotated[int, typer.Option(help="Depth of every tree.")] = 4,
    rate: Annotated[float, typer.Option(help="Learning rate.")] = 0.1,
    only: Annotated[str, typer.Option(help="Run this one alone, on data in --folder.")] = "",
    folder: Annotated[Path, typer.Option(help="Where the data of --only is.")] = Path(),
) -> None:
    """Print a row for each of the two, and how they compare."""
    options = {"depth": depth, "rate": rate, "rounds": rounds}
    if only:
        typer.echo(json.dumps(measured(FITS[only], folder, options)))
        return
    with tempfile.TemporaryDirectory() as place:
        draw(Path(place), rows, width)
        told = {name: in_a_process(name, place, options) for name in FITS}
    typer.echo(f"{rows:,} films, {width:,} numbers each, {N_LABELS} labels, {options}")
    typer.echo("| | s to fit | peak MiB | macro AUC |\n|---|---|---|---|")
    for name, (seconds, peak, auc) in told.items():
        typer.echo(f"| {name} | {seconds:.1f} | {peak:,.0f} | {auc:.4f} |")
    theirs, ours = told.values()
    typer.echo(f"{theirs[0] / ours[0]:.1f} times faster, {ours[1] / theirs[1]:.2f} of the memory,")
    typer.echo(f"AUC {ours[2] - theirs[2]:+.4f}")


def draw(folder, rows, width):
    """Films whose labels hang on a few of the hidden factors that all their numbers mix."""
    rng = np.random.default_rng(0)
    factors = rng.standard_normal((rows + TEST_ROWS, N_FACTORS), np.float32)
    vectors = factors @ rng.standard_normal((N_FACTORS, width), np.float32) / N_FACTORS**0.5
    for start in range(0, len(vectors), 1000):
        part = vectors[start : start + 1000]
        part += 2 * rng.standard_normal(part.shape, np.float32)
    effects = rng.standard_normal((N_FACTORS, N_LABELS)) * (rng.random((N_FACTORS, N_LABELS)) < 0.2)
    chances = factors @ effects + rng.logistic(size=(len(factors), N_LABELS))
    cuts = np.quantile(chances, 1 - np.geomspace(0.01, 0.3, N_LABELS), axis=0).diagonal()
    np.savez(folder / "test.npz", vectors=vectors[rows:], labels=chances[rows:] > cuts)
    np.savez(folder / "train.npz", vectors=vectors[:rows], labels=chances[:rows] > cuts)


def in_a_process(name, folder, options):
    """What measured() gives, from a process whose peak of memory is its own."""
    flags = [f"--{option}={value}" for option, value in options.items()]
    command = [sys.executable, __file__, f"--only={name}", f"--folder={folder}", *flags]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def measured(fit, folder, options):
    """Seconds to fit, peak MiB, macro AUC on the test films."""
    with np.load(folder / "train.npz") as train:
        vectors, labels = train["vectors"], train["labels"].astype(np.float32)
    started = time.perf_counter()
    predict = fit(vectors, labels, **options)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with np.load(folder / "test.npz") as test:
        auc = macro(label_aucs(test["labels"].astype(float), predict(test["vectors"])))
    return seconds, peak, float(auc)


def one_by_one(vectors, labels, depth, rate, rounds):
    """What a user writes."""
    booster = XGBClassifier(n_estimators=rounds, max_depth=depth, learning_rate=rate)
    model = MultiOutputClassifier(booster).fit(vectors, labels)
    return lambda test: np.stack([chances[:, 1] for chances in model.predict_proba(test)], axis=1)


def shared(vectors, labels, depth, rate, rounds):
    """Ours, with the same penalty, every film and column, no label weighted, no round left out."""
    model = Xgboost(
        views=("deep",),
        max_depth=depth,
        learning_rate=rate,
        n_estimators=rounds,
        subsample=1.0,
        colsample_bynode=1.0,
        reg_lambda=1.0,
        class_weights="none",
    )
    # Validation films that report nothing cannot stop a booster.
    silent = (images(vectors[:1]), np.full((1, N_LABELS), np.nan))
    model.fit(images(vectors), labels, validation=silent)
    return lambda test: model.predict_proba(images(test))


def images(vectors):
    """Vectors as the deep view."""
    return Views({"vectors": Block(vectors, "deep")})


FITS = {"MultiOutputClassifier(XGBClassifier)": one_by_one, "xgboost": shared}

if __name__ == "__main__":
    typer.run(main)
