"""How often an interval of 95 % holds the true AUC, by how many patients have the finding.

    python benchmarks/coverage.py

Scores of patients with and without a finding are normal and lie so far apart that the true AUC is
known; 200 patients are without it, and all have one film.
"""

import sys
from pathlib import Path

import numpy as np
import typer
from scipy.stats import norm

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from evaluation import bootstrap

TRUE_AUC, N_WITHOUT, N_STUDIES = 0.8, 200, 1_000
N_WITH = (1, 2, 3, 5, 8, 10, 20, 50)


def main() -> None:
    """Print the share of studies whose interval holds the true AUC."""
    for n_with in N_WITH:
        typer.echo(f"{n_with} patients with the finding: {held(n_with):.3f}")


def held(n_with: int) -> float:
    """The share of 1,000 studies; each is a label of the same patients with scores of its own."""
    n_films = n_with + N_WITHOUT
    labels = np.repeat((np.arange(n_films) < n_with)[:, None], N_STUDIES, axis=1).astype(float)
    apart = np.sqrt(2) * norm.ppf(TRUE_AUC)
    scores = np.random.default_rng(n_with).normal(size=labels.shape) + apart * labels
    drawn = bootstrap.replicates(labels, norm.cdf(scores), np.arange(n_films))
    lows, highs = zip(*map(bootstrap.interval, drawn.labels.T), strict=True)
    return float(np.mean((np.array(lows) <= TRUE_AUC) & (np.array(highs) >= TRUE_AUC)))


if __name__ == "__main__":
    typer.run(main)
