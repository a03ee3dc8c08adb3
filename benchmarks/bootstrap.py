"""1,000 bootstrap replicates by patient, compared with a loop over scikit-learn.

    CXR_DATA=DIR python benchmarks/bootstrap.py

It uses the public CheXNet scores if CXR_DATA is set, and synthetic scores of the same size
otherwise. Hybrid CXR computes per-label, macro and micro AUCs of every replicate. The loop computes
only per-label AUCs and is timed on 20 replicates. Both resample the same patients and must agree.
"""

import os
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import typer
from sklearn.metrics import roc_auc_score

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from datasets.loading import load
from datasets.options import Reading
from evaluation import bootstrap

N_IMAGES, N_LABELS, N_PATIENTS, N_REPLICATES, N_LOOPED = 22_433, 14, 6_186, 1_000, 20


def main() -> None:
    """Compare the patient bootstrap with a loop over scikit-learn."""
    place = os.environ.get("CXR_DATA")
    labels, scores, patients = real(Path(place)) if place else synthetic()
    owners, n_patients = bootstrap.number(patients)
    typer.echo(f"{labels.shape[0]:,} images of {n_patients:,} patients, {labels.shape[1]} labels")
    started = time.perf_counter()
    ours = bootstrap.replicates(labels, scores, patients, n_replicates=N_REPLICATES)
    ours_seconds = time.perf_counter() - started
    started = time.perf_counter()
    loop = [looped(labels, scores, owners, n_patients, each) for each in range(N_LOOPED)]
    loop_seconds = (time.perf_counter() - started) * N_REPLICATES / N_LOOPED
    difference = np.abs(np.array(loop) - ours.labels[:N_LOOPED]).max()
    typer.echo(f"largest difference of {N_LOOPED} x {labels.shape[1]} AUCs: {difference:.1e}")
    typer.echo(f"macro AUC, 95 % interval: {bootstrap.interval(ours.macro)}")
    typer.echo(f"Hybrid CXR, {N_REPLICATES:,} replicates: {ours_seconds:.2f} s")
    typer.echo(
        f"loop, {N_REPLICATES:,} replicates, extrapolated from {N_LOOPED}: {loop_seconds:.1f} s"
    )
    typer.echo(f"ratio: {loop_seconds / ours_seconds:.0f}")


def looped(labels, scores, owners, n_patients, replicate):
    """Per-label AUCs (k,) of one replicate, as in a simple script."""
    often = bootstrap.draw(n_patients, 0, replicate).astype(int)
    images = np.repeat(np.arange(len(owners)), often[owners])
    return [roc_auc_score(labels[images, k], scores[images, k]) for k in range(labels.shape[1])]


def real(data):
    """Labels (n, 14), scores (n, 14) and patients (n,) of the public CheXNet scores."""
    images = load(Reading(data=data / "nih_metadata", images=False))
    table = pd.read_csv(data / "chexnet" / "preds.csv", index_col=0)
    rows = images.rows(table.index.to_numpy(object))
    names = table.columns.str.removeprefix("prob_")
    columns = [images.label_names.index(name) for name in names]
    return images.labels[rows][:, columns], table.to_numpy(), images.patients[rows]


def synthetic():
    """The same for synthetic scores, with findings as rare as in NIH."""
    rng = np.random.default_rng(0)
    labels = (rng.random((N_IMAGES, N_LABELS)) < np.geomspace(0.002, 0.18, N_LABELS)).astype(float)
    scores = 1 / (1 + np.exp(3 - 1.5 * labels - rng.normal(size=labels.shape)))
    return labels, scores.round(6), (N_PATIENTS * rng.random(N_IMAGES) ** 2).astype(int)


if __name__ == "__main__":
    typer.run(main)
