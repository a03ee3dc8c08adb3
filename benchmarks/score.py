"""Time and memory of the `score` command for two models, compared with a simple script.

    python benchmarks/score.py
    python benchmarks/score.py --rows 1000000 --looped 1
    python benchmarks/score.py --rows 22433 --metrics

The tables are synthetic: patients with several images each, labels as rare as in NIH, and scores
with ties. `score` runs in a process of its own, whose time and peak memory are printed. The simple
script reads the same tables with pandas and calls scikit-learn for each label of each replicate. It
is timed on a few replicates, and the time for all of them is extrapolated.

`--metrics` times the replicates alone instead: those of AUCs, and those of AUCs with all metrics
and net benefits, in turns.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer
from sklearn.metrics import roc_auc_score

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from evaluation import bootstrap, certainty
from evaluation.measures import measured, measures
from evaluation.metric import MULTILABEL
from evaluation.metric_figures import chosen

PROJECT = Path(__file__).resolve().parents[1]
MODELS = ("first", "second")
IMAGES_A_PATIENT = 4
ROUNDS = 3
# Peak memory is counted in kB.
KB_A_GB = 1e6


def main(
    rows: Annotated[int, typer.Option(help="Images in each table.")] = 112_120,
    labels: Annotated[int, typer.Option(help="Number of labels.")] = 14,
    replicates: Annotated[int, typer.Option(help="Number of bootstrap replicates.")] = 1_000,
    looped: Annotated[int, typer.Option(help="Replicates to time the simple script on.")] = 3,
    groups: Annotated[bool, typer.Option(help="Add sex, age and view to the labels.")] = False,
    metrics: Annotated[bool, typer.Option(help="Time AUCs alone, and all figures.")] = False,
    place: Annotated[Path | None, typer.Option(help="Folder to keep the tables in.")] = None,
) -> None:
    """Compare the time of `score` with that of a simple script."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = place or Path(temporary)
        folder.mkdir(exist_ok=True)
        made_up(folder, rows, labels, groups)
        if metrics:
            print_metrics(folder, replicates)
            return
        typer.echo(f"{rows:,} rows x {labels} labels x {len(MODELS)} models")
        seconds, kilobytes = scored(folder, replicates)
        typer.echo(f"score, {replicates:,} replicates: {seconds:.1f} s")
        typer.echo(f"peak memory: {kilobytes / KB_A_GB:.2f} GB")
        simple = simple_script(folder, replicates, looped)
    typer.echo(f"simple script, {replicates:,} replicates, from {looped}: {simple:.1f} s")
    typer.echo(f"ratio: {simple / seconds:.1f}")


def made_up(folder: Path, n_rows: int, n_labels: int, groups: bool) -> None:
    """labels.csv, and a table of scores for each model with rows in another order."""
    rng = np.random.default_rng(0)
    patients = np.sort(rng.integers(n_rows // IMAGES_A_PATIENT, size=n_rows))
    ids = [f"{patient:08d}_{number:07d}.png" for number, patient in enumerate(patients)]
    names = [f"Finding {number + 1}" for number in range(n_labels)]
    prevalences = np.geomspace(0.002, 0.18, n_labels)
    labels = (rng.random((n_rows, n_labels)) < prevalences).astype(int)
    table = pd.DataFrame(labels, columns=names)
    table.insert(0, "image", ids)
    table.insert(1, "patient", patients)
    if groups:
        table["sex"] = rng.choice(["F", "M"], n_rows)
        table["age"] = rng.integers(1, 95, n_rows)
        table["view"] = rng.choice(["AP", "PA"], n_rows)
    table.to_csv(folder / "labels.csv", index=False)
    for name, noise in zip(MODELS, (1.0, 1.2), strict=True):
        logits = 1.5 * labels - 3 + noise * rng.normal(size=labels.shape)
        scores = pd.DataFrame((1 / (1 + np.exp(-logits))).round(6), columns=names)
        scores.insert(0, "image", ids)
        scores.sample(frac=1, random_state=1).to_csv(folder / f"{name}.csv", index=False)


def scored(folder: Path, replicates: int) -> tuple[float, int]:
    """Seconds and peak kilobytes of the command."""
    scores = [f"--scores={name}={folder / name}.csv" for name in MODELS]
    command = [sys.executable, str(PROJECT / "cli.py"), "score", *scores]
    command += [f"--labels={folder / 'labels.csv'}", f"--out={folder / 'out'}"]
    command.append(f"--replicates={replicates}")
    started = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - started
    if status:
        raise typer.Exit(1)
    return seconds, used.ru_maxrss


def print_metrics(folder: Path, replicates: int) -> None:
    """Print the processor time of a model's AUCs alone, and of all figures; the least of rounds."""
    truth = pd.read_csv(folder / "labels.csv", index_col="image")
    scores = pd.read_csv(folder / f"{MODELS[0]}.csv", index_col="image").loc[truth.index]
    labels = truth[scores.columns].to_numpy(float)
    own = labels, scores.to_numpy(), bootstrap.number(truth["patient"].to_numpy())[0]
    known = chosen(MULTILABEL, decided=True)
    missing = certainty.missing(labels, own[2])
    thresholds = np.full(labels.shape[1], 0.1)

    def everything() -> None:
        model = measures(*own, tuple(known.values()), labels.sum(axis=0), thresholds)
        measured(model, [*known], missing, missing.labels, n_replicates=replicates)

    alone = partial(bootstrap.replicates, *own, n_replicates=replicates)
    rounds = [(processor_time(alone), processor_time(everything)) for _ in range(ROUNDS)]
    first, second = np.min(rounds, axis=0)
    typer.echo(f"{len(labels):,} rows x {labels.shape[1]} labels, {replicates:,} replicates")
    typer.echo(f"AUCs alone: {first:.2f} s of processor time")
    typer.echo(f"with {len(known)} metrics and net benefits: {second:.2f} s")
    typer.echo(f"ratio: {second / first:.1f}")


def processor_time(work: Callable[[], object]) -> float:
    """Seconds of all processors that some work takes."""
    started = time.process_time()
    work()
    return time.process_time() - started


def simple_script(folder: Path, replicates: int, looped: int) -> float:
    """Seconds of the simple script, most of them extrapolated."""
    started = time.perf_counter()
    truth = pd.read_csv(folder / "labels.csv", index_col="image")
    scores = [
        pd.read_csv(folder / f"{name}.csv", index_col="image").loc[truth.index] for name in MODELS
    ]
    rows_of = truth.reset_index().groupby("patient").indices
    known = np.array(list(rows_of))
    reading = time.perf_counter() - started
    rng = np.random.default_rng(0)
    started = time.perf_counter()
    for _ in range(looped):
        rows = np.concatenate([rows_of[patient] for patient in rng.choice(known, len(known))])
        for one in scores:
            for name in one.columns:
                roc_auc_score(truth[name].to_numpy()[rows], one[name].to_numpy()[rows])
    return reading + (time.perf_counter() - started) * replicates / looped


if __name__ == "__main__":
    typer.run(main)
