"""How often a 95 % interval contains the true value, by the number of patients.

    python benchmarks/coverage.py
    python benchmarks/coverage.py --metrics

Scores of patients with and without a finding are normal with known distance, so the true AUC is
known. Each patient has one image. First, 200 patients are without the finding and few have it.
Then a quarter of few patients has it. Last, the macro AUC is over 14 labels, some of which one of
200 patients has and the others 40.

For metrics and net benefit, a patient has one to ten images, three on average, whose scores have
half of their variance in common. Each patient has the finding by chance. Of exclusive classes there
are three, and the scores of a patient's own class are higher by the same distance.
"""

import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from scipy.special import softmax
from scipy.stats import norm

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from evaluation import bootstrap, certainty
from evaluation.auc import macro
from evaluation.class_measures import ClassMeasures, class_measures
from evaluation.measures import measured, measures
from evaluation.metric_figures import registered
from evaluation.net_benefit import GRID, ODDS

TRUE_AUC, N_WITHOUT, N_STUDIES = 0.8, 200, 1_000
N_WITH = (1, 2, 3, 5, 8, 10, 20, 50)
IN_ALL = (5, 10, 15, 20, 30, 50)
N_LABELS, N_OFTEN, N_MACROS = 14, 40, 300
RARE = (0, 7, 13, 14)
# Patients in all, and the share of them that has the finding.
PATIENTS = ((200, 0.05), (60, 0.5), (250, 0.1), (500, 0.1), (1_000, 0.1))
MOST_IMAGES = 10
DISTANCE = float(np.sqrt(2) * norm.ppf(TRUE_AUC))
# One in ten without the finding is called positive.
THRESHOLD, WIDEST = float(norm.ppf(0.9)), 0.1
# Shares of patients in three exclusive classes: at least 25 in the rarest.
N_IN_CLASSES = 250
CLASSES = ((0.25, 0.25, 0.5), (0.1, 0.3, 0.6))
# Places on the grid of net benefit.
SHOWN = (4, 7, 10, 16)


def main(
    metrics: Annotated[bool, typer.Option(help="Of metrics and net benefit, not of AUCs.")] = False,
    studies: Annotated[int, typer.Option(help="With --metrics: studies of each kind.")] = 1_000,
) -> None:
    """Print the share of studies whose interval contains the true value."""
    if not metrics:
        of_aucs()
    for n_patients, share in PATIENTS if metrics else ():
        for name, covered in of_metrics(n_patients, share, studies).items():
            typer.echo(
                f"{n_patients} patients, about {n_patients * share:.0f} with the finding:"
                f" {name}: {covered:.3f}"
            )
    for shares in CLASSES if metrics else ():
        for name, covered in of_classes(N_IN_CLASSES, shares, studies).items():
            typer.echo(f"{N_IN_CLASSES} patients, classes of {shares}: {name}: {covered:.3f}")


def of_aucs() -> None:
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


def of_metrics(n_patients: int, share: float, n_studies: int) -> dict[str, float]:
    """The share of studies that covers each metric whose true value is known, and net benefits."""
    rng = np.random.default_rng(n_patients)
    sizes = np.minimum(rng.geometric(1 / 3, n_patients), MOST_IMAGES)
    owners = np.repeat(np.arange(n_patients), sizes)
    labels = (rng.random((n_patients, n_studies)) < share)[owners].astype(float)
    common = rng.normal(size=(n_patients, n_studies))[owners]
    noise = (common + rng.normal(size=labels.shape)) / np.sqrt(2)
    scores = norm.cdf(noise + DISTANCE * labels)
    known = true_values(share)
    metrics = {name: each for name, each in registered().items() if name in known}
    thresholds = np.full(n_studies, norm.cdf(THRESHOLD))
    own = measures(labels, scores, owners, tuple(metrics.values()), labels.sum(axis=0), thresholds)
    missing = certainty.missing(labels, owners)
    found = measured(own, [*metrics], missing, missing.labels)
    covered = {
        name: coverage(known[name], one.resampled[:, 1:]) for name, one in found.metrics.items()
    }
    for place in SHOWN:
        sensitivity = norm.sf(norm.ppf(GRID[place]) - DISTANCE)
        truth = share * sensitivity - (1 - share) * (1 - GRID[place]) * ODDS[place]
        name = f"net benefit at {GRID[place]:g}"
        covered[name] = coverage(truth, found.benefit.resampled[:, :, place])
    return covered


def of_classes(n_patients: int, shares: tuple[float, ...], n_studies: int) -> dict[str, float]:
    """The share of studies that covers the accuracy and the balanced accuracy of classes."""
    rng = np.random.default_rng(n_patients)
    places = np.linspace(-9, 9, 200_001)
    # All other classes have lower scores than the right one.
    truth = np.trapezoid(
        norm.pdf(places - DISTANCE) * norm.cdf(places) ** (len(shares) - 1), places
    )
    replicates: dict[str, list[np.ndarray]] = {"accuracy": [], "balanced accuracy": []}
    for study in range(n_studies):
        owners = np.repeat(
            np.arange(n_patients), np.minimum(rng.geometric(1 / 3, n_patients), MOST_IMAGES)
        )
        labels = np.eye(len(shares))[rng.choice(len(shares), n_patients, p=shares)][owners]
        common = rng.normal(size=(n_patients, len(shares)))[owners]
        scores = (common + rng.normal(size=labels.shape)) / np.sqrt(2) + DISTANCE * labels
        figures = partial(shares_right, class_measures(labels, softmax(scores, axis=1), owners))
        resampled = bootstrap.resample(figures, n_patients, bootstrap.N_REPLICATES, study)
        for kept, column in zip(replicates.values(), resampled.T, strict=True):
            kept.append(column)
    return {name: coverage(truth, np.array(each).T) for name, each in replicates.items()}


def shares_right(measures: ClassMeasures, weights: np.ndarray) -> np.ndarray:
    """Accuracy and balanced accuracy of replicates, (B, 2)."""
    evidence = measures(weights)
    return np.column_stack([evidence.accuracy, evidence.balanced_accuracy])


def true_values(share: float) -> dict[str, float]:
    """The value of metrics in the population, of which this share has the finding."""
    false, found = norm.sf(THRESHOLD), norm.sf(THRESHOLD - DISTANCE)
    places = np.linspace(-9, 9, 200_001)
    rates = norm.sf(places), norm.sf(places - DISTANCE)
    called = share * rates[1] + (1 - share) * rates[0]
    precision = share * rates[1] / called
    narrow = rates[0] <= WIDEST
    chance = WIDEST**2 / 2
    partial = np.trapezoid(rates[1][narrow][::-1], rates[0][narrow][::-1])
    ppv = share * found / (share * found + (1 - share) * false)
    rejected = (1 - share) * (1 - false)
    return {
        "average_precision": float(-np.trapezoid(precision, rates[1])),
        "partial_auc": float((1 + (partial - chance) / (WIDEST - chance)) / 2),
        "sensitivity_at_specificity_90": float(norm.sf(norm.ppf(0.9) - DISTANCE)),
        "sensitivity_at_specificity_95": float(norm.sf(norm.ppf(0.95) - DISTANCE)),
        "specificity_at_sensitivity_90": float(norm.cdf(DISTANCE + norm.ppf(0.1))),
        "specificity_at_sensitivity_95": float(norm.cdf(DISTANCE + norm.ppf(0.05))),
        "sensitivity": float(found),
        "specificity": float(1 - false),
        "ppv": float(ppv),
        "npv": float(rejected / (rejected + share * (1 - found))),
        "f1": float(2 * ppv * found / (ppv + found)),
        "positive_likelihood_ratio": float(found / false),
        "negative_likelihood_ratio": float((1 - found) / (1 - false)),
    }


def coverage(truth: float, resampled: np.ndarray) -> float:
    """The share of studies whose interval, from replicates (B, studies), contains the truth.

    Studies without an interval do not count.
    """
    intervals = [each for each in map(bootstrap.interval, resampled.T) if each]
    return float(np.mean([low <= truth <= high for low, high in intervals]))


def with_finding(n_with: int, n_patients: int) -> np.ndarray:
    """A label (n, 1) that the first patients have."""
    return (np.arange(n_patients) < n_with)[:, None].astype(float)


def share_covered(labels: np.ndarray, seed: int, n_labels: int = 1) -> float:
    """The share of studies, each with so many columns of labels and its own scores."""
    scores = np.random.default_rng(seed).normal(size=labels.shape) + DISTANCE * labels
    resampled = bootstrap.replicates(labels, norm.cdf(scores), np.arange(len(labels)))
    by_study = macro(resampled.labels.reshape(len(resampled.labels), -1, n_labels))
    lows, highs = zip(*map(bootstrap.interval, by_study.T), strict=True)
    return float(np.mean((np.array(lows) <= TRUE_AUC) & (np.array(highs) >= TRUE_AUC)))


if __name__ == "__main__":
    typer.run(main)
