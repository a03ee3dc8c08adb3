"""How well the audit finds wrong labels, and how close its expected error rate is.

    python benchmarks/audit.py
    python benchmarks/audit.py --labels Data_Entry_2017_v2020.csv.gz --scores preds.csv
        --relabels relabels.csv

Without files, labels and features are made up, and 5 % of the labels are flipped. A logistic
regression learns from the flipped labels, five folds by patient, and its probabilities for the
images left out are audited.

With files, the wrong labels are those that Google's experts contradict: labels of reports are
ranked by the probabilities of any model that has not learned from these images.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
import pandas as pd
import typer
from sklearn.linear_model import LogisticRegression

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from datasets import expert_labels, scored_labels
from evaluation import bootstrap, certainty, label_errors
from evaluation.auc import label_aucs
from evaluation.label_audit import precision_at, self_confidence
from evaluation.scores import Scores
from evaluation.truth import Truth
from reports import score_files
from reports.wording import with_interval

IMAGES_A_PATIENT, FEATURES, FOLDS = 2, 20, 5
PREVALENCES = np.geomspace(0.01, 0.3, 10)
FLIPPED = 0.05
# How far apart images with and without a finding are, in standard deviations: AUCs of about 0.7,
# 0.8 and 0.95.
DISTANCES = (0.8, 1.3, 2.4)


class Found(NamedTuple):
    """Labels as given, whether each is wrong, and probabilities (n, k), of patients (n,)."""

    truth: Truth
    wrong: np.ndarray
    probabilities: np.ndarray


def main(
    images: Annotated[int, typer.Option(help="Images of the made-up set.")] = 10_000,
    replicates: Annotated[int, typer.Option(help="Number of bootstrap replicates.")] = 2_000,
    labels: Annotated[Path | None, typer.Option(help="NIH's label table.")] = None,
    scores: Annotated[Path | None, typer.Option(help="Probabilities of NIH's labels.")] = None,
    relabels: Annotated[Path | None, typer.Option(help="Google's expert labels.")] = None,
) -> None:
    """Print how well wrong labels are found."""
    if labels and scores and relabels:
        print_experts(experts(labels, scores, relabels), replicates)
        return
    typer.echo(
        "| macro AUC | labels flipped | precision at k | times chance | by prevalence alone"
        " | expected errors |"
    )
    typer.echo("|---|---|---|---|---|---|")
    for distance in DISTANCES:
        typer.echo(row_of(made_up(images, distance), replicates))


def made_up(n_images: int, distance: float) -> Found:
    """Labels of which 5 % are flipped, and probabilities of a model that learned from these."""
    rng = np.random.default_rng(0)
    patients = np.arange(n_images) // IMAGES_A_PATIENT
    right = rng.random((n_images, len(PREVALENCES))) < PREVALENCES
    directions = np.linalg.qr(rng.normal(size=(FEATURES, FEATURES)))[0][:, : len(PREVALENCES)]
    features = distance * right @ directions.T + rng.normal(size=(n_images, FEATURES))
    flipped = rng.random(right.shape) < FLIPPED
    given = right ^ flipped
    fold = rng.permutation(patients.max() + 1)[patients] % FOLDS
    probabilities = np.empty(right.shape)
    for number in range(FOLDS):
        learning, left = fold != number, fold == number
        for label in range(right.shape[1]):
            model = LogisticRegression().fit(features[learning], given[learning, label])
            probabilities[left, label] = model.predict_proba(features[left])[:, 1]
    ids = np.array([f"{number:07}" for number in range(n_images)], object)
    names = tuple(f"Finding {number + 1}" for number in range(right.shape[1]))
    return Found(Truth(ids, patients, given.astype(float), names), flipped, probabilities)


def row_of(found: Found, replicates: int) -> str:
    """A row on all made-up labels together: k is the number of flipped ones."""
    truth, wrong, probabilities = found
    right = np.where(wrong, 1 - truth.labels, truth.labels)
    macro = label_aucs(right, probabilities).mean()
    quality, count = self_confidence(truth.labels, probabilities), np.count_nonzero(wrong)
    precision = precision_at(wrong.ravel(), quality.ravel(), count)
    _, overall = label_errors.expected(truth, probabilities, n_replicates=replicates)
    cells = (
        f"{macro:.3f}",
        f"{count:,} of {wrong.size:,}",
        f"{precision:.3f}",
        f"{precision / wrong.mean():.1f}",
        f"{precision_at(wrong.ravel(), alone(truth).ravel(), count) / wrong.mean():.1f}",
        with_interval(overall.rate, overall.ci),
    )
    return f"| {' | '.join(cells)} |"


def alone(truth: Truth) -> np.ndarray:
    """The self-confidence (n, k) of a model that knows how common labels are, and no image."""
    prevalence = np.nanmean(truth.labels, axis=0)
    return self_confidence(truth.labels, np.broadcast_to(prevalence, truth.labels.shape))


def experts(labels: Path, scores: Path, relabels: Path) -> Found:
    """Labels of reports, and where experts contradict them, on images that have all of it."""
    images = scored_labels.read(labels, "")
    model = score_files.read("model", scores, images.label_names, others=True)
    images = images.select(pd.Index(images.ids).isin(model.ids))
    values = model.over(images.ids, model.label_names).probabilities
    read = expert_labels.read_labels(relabels, images)
    nearest = {name: known_of(own, model) for name, own in expert_labels.NEAREST.items()}
    nearest = {name: own for name, own in nearest.items() if own}
    columns = [list(expert_labels.NEAREST).index(name) for name in nearest]
    reports = np.column_stack([expert_labels.of_reports(images, own) for own in nearest.values()])
    # Either of several findings counts, so their highest probability does.
    own = [[model.label_names.index(each) for each in names] for names in nearest.values()]
    probabilities = np.column_stack([values[:, places].max(axis=1) for places in own])
    known = ~np.isnan(read).all(axis=1)
    reports = np.where(np.isnan(read[:, columns]), np.nan, reports)[known]
    wrong = reports != read[:, columns][known]
    truth = Truth(images.ids[known], images.patients[known], reports, tuple(nearest))
    return Found(truth, wrong, probabilities[known])


def known_of(names: Sequence[str], model: Scores) -> list[str]:
    """Those of the labels that a model has probabilities of."""
    return [name for name in names if name in model.label_names]


def print_experts(found: Found, replicates: int) -> None:
    """A table of the AUCs of finding labels that experts contradict."""
    truth = found.truth
    typer.echo(f"{len(truth.ids):,} images of {len(set(truth.patients)):,} patients")
    typer.echo(
        "| finding | experts contradict | expected errors | AUC of finding these | reports say"
        " present | reports say absent | by prevalence alone | precision at k | times chance |"
    )
    typer.echo("|---|---|---|---|---|---|---|---|---|")
    for row in expert_rows(found, replicates):
        typer.echo(f"| {' | '.join(row)} |")


def expert_rows(found: Found, replicates: int) -> Iterator[tuple[str, ...]]:
    """A row for each finding; k is the number of labels that experts contradict."""
    truth, wrong, probabilities = found
    quality = self_confidence(truth.labels, probabilities)
    target = np.where(np.isnan(truth.labels), np.nan, wrong)
    parts = [target, *(np.where(truth.labels == kind, target, np.nan) for kind in (1, 0))]
    aucs = [intervals(part, 1 - quality, truth, replicates) for part in parts]
    aucs.append(intervals(target, 1 - alone(truth), truth, replicates))
    expected, _ = label_errors.expected(truth, probabilities, n_replicates=replicates)
    for label, name in enumerate(truth.label_names):
        known = ~np.isnan(target[:, label])
        here = target[known, label] == 1
        count, precision = here.sum(), precision_at(here, quality[known, label], here.sum())
        yield (
            name,
            f"{count:,} of {known.sum():,} ({here.mean():.3f})",
            with_interval(expected[label].rate, expected[label].ci),
            *(each[label] for each in aucs),
            f"{precision:.3f}",
            f"{precision / here.mean():.1f}",
        )


def intervals(
    target: np.ndarray, suspicion: np.ndarray, truth: Truth, replicates: int
) -> list[str]:
    """The AUC of each label (n, k) with its interval, as text."""
    values = np.nan_to_num(suspicion)
    resampled = bootstrap.replicates(target, values, truth.patients, n_replicates=replicates)
    missing = certainty.missing(target, truth.owners).labels
    return [
        with_interval(float(auc), certainty.estimated(column, why)[0])
        for auc, column, why in zip(resampled.whole[:-1], resampled.labels.T, missing, strict=True)
    ]


if __name__ == "__main__":
    typer.run(main)
