"""How often 95 % intervals contain the true site AUC, drop, and part that a mix explains.

    python benchmarks/mixes.py

Two made-up sites have 200 patients each, with one to three images. Features are normal; one of five
is shifted at the second site, so the AUC of the best way to distinguish the sites is known. The
features of a patient's images have half of their variance in common.

Scores are normal too. The finding is easy to see in the young and hard in the old, and the second
site has more old patients. In half of the studies, the finding is also harder to see there at any
age. The true figures come from two million patients of each site.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
import typer
from scipy.stats import norm

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from evaluation.auc import auc
from evaluation.reweighting import Site, explained, weighted_aucs
from models.probe import Targets, probe

N_PATIENTS, N_FEATURES, MOST_IMAGES = 200, 5, 3
SHIFTS = (0.0, 0.5, 1.0, 2.0)
# Distances of the finding in the young and in the old, and shares of the old.
EASY, HARD = 2.0, 0.5
INSIDE, OUTSIDE = 0.2, 0.8
# How much harder the finding is to see at the second site, at any age.
HARDER = (0.0, 0.5)
POPULATION = 2_000_000
SITE = "site second"


class Truth(NamedTuple):
    """The true drop in AUC, and what the mix explains of it."""

    drop: float
    explained: float


def main(
    studies: Annotated[int, typer.Option(help="Studies of each kind.")] = 100,
    population: Annotated[int, typer.Option(help="Patients for the true figures.")] = POPULATION,
) -> None:
    """Print the share of studies whose intervals contain the true values."""
    for shift in SHIFTS:
        truth = float(norm.cdf(shift / np.sqrt(2)))
        found = [known(study, shift) for study in range(studies)]
        covered = np.mean([low <= truth <= high for low, high in found])
        typer.echo(f"site AUC {truth:.3f}: {covered:.2f} of intervals contain it")
    for harder in HARDER:
        truth_of = true_values(harder, population)
        counts = defaultdict(list)
        for study in range(studies):
            for name, (low, high) in intervals(study, harder):
                counts[name].append(low <= getattr(truth_of, name) <= high)
        for name, each in counts.items():
            typer.echo(
                f"finding harder to see by {harder:g}: {name} {getattr(truth_of, name):.3f}:"
                f" {np.mean(each):.2f} of intervals contain it"
            )


def known(study: int, shift: float) -> list[float]:
    """The interval of the AUC with which features distinguish two sites."""
    rng = np.random.default_rng(study)
    owners = np.repeat(np.arange(2 * N_PATIENTS), rng.integers(1, MOST_IMAGES + 1, 2 * N_PATIENTS))
    common = rng.normal(size=(2 * N_PATIENTS, N_FEATURES))[owners]
    features = (common + rng.normal(size=common.shape)) / np.sqrt(2)
    second = owners >= N_PATIENTS
    features[second, 0] += shift
    targets = Targets((SITE,), second[:, None].astype(np.float32))
    interval: list[float] = probe(features, targets, owners, seed=study)[SITE]["auc_ci"]
    return interval


def intervals(study: int, harder: float) -> Iterator[tuple[str, list[float]]]:
    """The intervals of the drop and of its part that the mix explains, by name."""
    rng = np.random.default_rng(study)
    owners = np.repeat(np.arange(N_PATIENTS), rng.integers(1, MOST_IMAGES + 1, N_PATIENTS))
    sites = [drawn(rng, owners, share, less) for share, less in ((INSIDE, 0.0), (OUTSIDE, harder))]
    figures = explained(*sites, seed=study)
    for name in Truth._fields:
        yield name, figures[name]["ci"]


def drawn(rng: np.random.Generator, owners: np.ndarray, share: float, less: float) -> Site:
    """Images of patients, a share of whom is old; a third has the finding."""
    n_patients = int(owners.max()) + 1
    old = (rng.random(n_patients) < share).astype(int)[owners]
    labels = (rng.random(n_patients) < 1 / 3)[owners].astype(float)
    common = rng.normal(size=n_patients)[owners]
    noise = (common + rng.normal(size=len(owners))) / np.sqrt(2)
    scores = noise + labels * (np.array([EASY, HARD])[old] - less)
    return Site(labels[:, None], scores[:, None], owners, old)


def true_values(harder: float, population: int) -> Truth:
    """The drop and its part that the mix explains, with so many patients of each site."""
    rng, owners = np.random.default_rng(0), np.arange(population)
    inside = drawn(rng, owners, INSIDE, 0.0)
    outside = drawn(rng, owners, OUTSIDE, harder)
    old = np.array([(1 - OUTSIDE) / (1 - INSIDE), OUTSIDE / INSIDE])[inside.cells]
    mixed = float(weighted_aucs(inside.labels, inside.scores, old[:, None])[0, 0])
    ours, theirs = (auc(each.labels[:, 0] == 1, each.scores[:, 0]) for each in (inside, outside))
    return Truth(ours - theirs, ours - mixed)


if __name__ == "__main__":
    typer.run(main)
