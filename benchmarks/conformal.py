"""How often the answers of `predict --abstain` are right, by the number of validation patients.

    python benchmarks/conformal.py

Patients have one to ten images, three on average, whose scores have half of their variance in
common. Scores of patients with the finding are higher by a known distance (AUC 0.8). Each study
draws validation patients, chooses bounds at level 0.1, and answers for 200 new patients with the
finding and 200 without: of the same kind, and from a site where all scores are lower.
"""

import sys
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
import typer
from scipy.stats import norm

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from evaluation.conformal import Bounds
from evaluation.conformal_coverage import SIDES, coverage

DISTANCE = float(np.sqrt(2) * norm.ppf(0.8))
# Validation patients with the finding; ten times as many are without it.
N_WITH, TIMES_WITHOUT, N_NEW = (9, 20, 50, 200), 10, 200
MOST_IMAGES, SHIFT = 10, 0.5


class Drawn(NamedTuple):
    """Labels and probabilities (n, 1) of images, and their patients (n,)."""

    labels: np.ndarray
    probabilities: np.ndarray
    patients: np.ndarray


def main(
    studies: Annotated[int, typer.Option(help="Studies of each kind.")] = 1_000,
    level: Annotated[float, typer.Option(help="Share of patients with wrong answers.")] = 0.1,
) -> None:
    """Print mean coverage, the share answered, and how often a warning of a shift appears."""
    typer.echo("| validation patients | new ones | with the finding | without | answered | warns |")
    typer.echo("|---|---|---|---|---|---|")
    for n_with in N_WITH:
        for kind, shift in (("alike", 0.0), ("shifted", SHIFT)):
            rng = np.random.default_rng(n_with)
            found = [study(n_with, shift, level, rng) for _ in range(studies)]
            without, with_finding, answered, warns = np.mean(found, axis=0)
            typer.echo(
                f"| {n_with} + {n_with * TIMES_WITHOUT} | {kind} | {with_finding:.3f} |"
                f" {without:.3f} | {answered:.2f} | {warns:.3f} |"
            )


def study(n_with: int, shift: float, level: float, rng: np.random.Generator) -> list[float]:
    """Coverage without and with the finding, the share answered, and whether a shift is found."""
    seen = drawn(n_with, n_with * TIMES_WITHOUT, 0.0, rng)
    new = drawn(N_NEW, N_NEW, shift, rng)
    bounds = Bounds.of(*seen)
    answers = bounds.answers(new.probabilities, level)
    found = coverage(new.labels, new.patients, [answers], bounds.patients, ["finding"], level)
    (one,) = found["labels"].values()
    shifted = any(one[side]["shifted"] for side in SIDES)
    return [*(one[side]["coverage"] for side in SIDES), one["answered"], float(shifted)]


def drawn(n_with: int, n_without: int, shift: float, rng: np.random.Generator) -> Drawn:
    """Images of patients with and without the finding, whose scores are lower by a shift."""
    n_patients = n_with + n_without
    sizes = np.minimum(rng.geometric(1 / 3, n_patients), MOST_IMAGES)
    owners = np.repeat(np.arange(n_patients), sizes)
    labels = (owners < n_with).astype(float)
    common = rng.normal(size=n_patients)[owners]
    scores = (common + rng.normal(size=len(owners))) / np.sqrt(2) + DISTANCE * labels - shift
    return Drawn(labels[:, None], norm.cdf(scores)[:, None], owners)


if __name__ == "__main__":
    typer.run(main)
