"""How often a 95 % interval contains the true AUC, by the number of patients.

    python benchmarks/coverage.py

Scores of patients with and without a finding are normal with known distance, so the true AUC is
known. Each patient has one image. First, 200 patients are without the finding and few have it.
Then a quarter of few patients has it. Last, the macro AUC is over 14 labels, some of which one of
200 patients has and the others 40.
"""

import sys
from pathlib import Path

import numpy as np
import typer
from scipy.stats import norm

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from evaluation import bootstrap
from evaluation.auc import macro

TRUE_AUC, N_WITHOUT, N_STUDIES = 0.8, 200, 1_000
N_WITH = (1, 2, 3, 5, 8, 10, 20, 50)
IN_ALL = (5, 10, 15, 20, 30, 50)
N_LABELS, N_OFTEN, N_MACROS = 14, 40, 300
RARE = (0, 7, 13, 14)


def main() -> None:
    """Print the share of studies whose interval contains the true AUC."""
    for n_with in N_WITH:
        labels = np.repeat(with_finding(n_with, n_with + N_WITHOUT), N_STUDIES, axis=1)
        typer.echo(f"{n_with} patients with the finding: {share_covered(labels, n_with):.3f}")
    for n_patients in IN_ALL:
        n_with = round(n_patients / 4)
        labels = np.repeat(with_finding(n_with, n_patients), N_STUDIES, axis=1)
        typer.echo(
            f"{n_patients} patients, {n_with} of them with it: {share_covered(labels, 0):.3f}"
        )
    rng = np.random.default_rng(0)
    for n_rare in RARE:
        counts = np.where(np.arange(N_LABELS) < n_rare, 1, N_OFTEN)
        labels = np.hstack([with_finding(count, N_WITHOUT) for count in counts])
        # Each column gets an order of its own.
        labels = rng.permuted(np.tile(labels, N_MACROS), axis=0)
        share = share_covered(labels, 1, N_LABELS)
        typer.echo(f"macro over {N_LABELS} labels, {n_rare} of one patient: {share:.3f}")


def with_finding(n_with: int, n_patients: int) -> np.ndarray:
    """A label (n, 1) that the first patients have."""
    return (np.arange(n_patients) < n_with)[:, None].astype(float)


def share_covered(labels: np.ndarray, seed: int, n_labels: int = 1) -> float:
    """The share of studies, each with so many columns of labels and its own scores."""
    distance = np.sqrt(2) * norm.ppf(TRUE_AUC)
    scores = np.random.default_rng(seed).normal(size=labels.shape) + distance * labels
    resampled = bootstrap.replicates(labels, norm.cdf(scores), np.arange(len(labels)))
    by_study = macro(resampled.labels.reshape(len(resampled.labels), -1, n_labels))
    lows, highs = zip(*map(bootstrap.interval, by_study.T), strict=True)
    return float(np.mean((np.array(lows) <= TRUE_AUC) & (np.array(highs) >= TRUE_AUC)))


if __name__ == "__main__":
    typer.run(main)
