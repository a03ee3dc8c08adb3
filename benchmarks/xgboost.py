"""Time, memory and test AUC of `xgboost`, compared with one XGBClassifier for each label.

    python benchmarks/xgboost.py

Both are fitted to the same synthetic features with the same depth, learning rate and rounds, each
in a process of its own. It takes about 5 minutes on two cores.
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

# This folder also has an xgboost.py, which would hide the library.
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
    rows: Annotated[int, typer.Option(help="Number of training images.")] = 10_000,
    width: Annotated[int, typer.Option(help="Features per image.")] = 3072,
    rounds: Annotated[int, typer.Option(help="Trees per label.")] = 30,
    depth: Annotated[int, typer.Option(help="Depth of every tree.")] = 4,
    rate: Annotated[float, typer.Option(help="Learning rate of the trees.")] = 0.1,
    only: Annotated[str, typer.Option(help="Fit only this model, on the data in --folder.")] = "",
    folder: Annotated[Path, typer.Option(help="Folder with the data of --only.")] = Path(),
) -> None:
    """Compare `xgboost` with one XGBClassifier for each label."""
    options = {"depth": depth, "rate": rate, "rounds": rounds}
    if only:
        typer.echo(json.dumps(measured(FITS[only], folder, options)))
        return
    with tempfile.TemporaryDirectory() as place:
        draw(Path(place), rows, width)
        results = {name: in_a_process(name, place, options) for name in FITS}
    typer.echo(f"{rows:,} images, {width:,} numbers each, {N_LABELS} labels, {options}")
    typer.echo("| | s to fit | peak MiB | macro AUC |\n|---|---|---|---|")
    for name, (seconds, peak, auc) in results.items():
        typer.echo(f"| {name} | {seconds:.1f} | {peak:,.0f} | {auc:.4f} |")
    theirs, ours = results.values()
    typer.echo(f"{theirs[0] / ours[0]:.1f} times faster, {ours[1] / theirs[1]:.2f} of the memory,")
    typer.echo(f"AUC {ours[2] - theirs[2]:+.4f}")


def draw(folder, rows, width):
    """Images whose labels depend on a few of the hidden factors of all features."""
    rng = np.random.default_rng(0)
    factors = rng.standard_normal((rows + TEST_ROWS, N_FACTORS), np.float32)
    features = factors @ rng.standard_normal((N_FACTORS, width), np.float32) / N_FACTORS**0.5
    for start in range(0, len(features), 1000):
        rows_at_once = features[start : start + 1000]
        rows_at_once += 2 * rng.standard_normal(rows_at_once.shape, np.float32)
    effects = rng.standard_normal((N_FACTORS, N_LABELS)) * (rng.random((N_FACTORS, N_LABELS)) < 0.2)
    chances = factors @ effects + rng.logistic(size=(len(factors), N_LABELS))
    cuts = np.quantile(chances, 1 - np.geomspace(0.01, 0.3, N_LABELS), axis=0).diagonal()
    np.savez(folder / "test.npz", features=features[rows:], labels=chances[rows:] > cuts)
    np.savez(folder / "train.npz", features=features[:rows], labels=chances[:rows] > cuts)


def in_a_process(name, folder, options):
    """The result of measured() from a process of its own, for its peak memory."""
    flags = [f"--{option}={value}" for option, value in options.items()]
    command = [sys.executable, __file__, f"--only={name}", f"--folder={folder}", *flags]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def measured(fit, folder, options):
    """Seconds to fit, peak MiB, macro AUC on the test images."""
    with np.load(folder / "train.npz") as train:
        features, labels = train["features"], train["labels"].astype(np.float32)
    started = time.perf_counter()
    predict = fit(features, labels, **options)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with np.load(folder / "test.npz") as test:
        auc = macro(label_aucs(test["labels"].astype(float), predict(test["features"])))
    return seconds, peak, float(auc)


def one_by_one(features, labels, depth, rate, rounds):
    """Fit one XGBClassifier for each label, as in a simple script."""
    booster = XGBClassifier(n_estimators=rounds, max_depth=depth, learning_rate=rate)
    model = MultiOutputClassifier(booster).fit(features, labels)
    return lambda test: np.stack([chances[:, 1] for chances in model.predict_proba(test)], axis=1)


def shared(features, labels, depth, rate, rounds):
    """Fit `xgboost` with the same penalty, without sampling, class weights or early stopping."""
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
    # Validation images without reported labels cannot stop a booster.
    silent = (images(features[:1]), np.full((1, N_LABELS), np.nan))
    model.fit(images(features), labels, validation=silent)
    return lambda test: model.predict_proba(images(test))


def images(features):
    """Features as the deep view."""
    return Views({"features": Block(features, "deep")})


FITS = {"MultiOutputClassifier(XGBClassifier)": one_by_one, "xgboost": shared}

if __name__ == "__main__":
    typer.run(main)
