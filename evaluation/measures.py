"""All figures of one model for any weights of the patients: AUCs and metrics."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from evaluation import bootstrap
from evaluation.bootstrap import Replicates
from evaluation.certainty import Missing, of_any
from evaluation.class_measures import ClassMeasures, class_measures
from evaluation.decisions import Decisions
from evaluation.metric import THRESHOLDS, Evidence, Metric
from evaluation.net_benefit import GRID, net_benefit
from evaluation.net_benefit import cells as net_benefit_cells
from evaluation.patient_cells import PatientCells
from evaluation.ranking import Ranking, ranking
from evaluation.roc_counts import RocCounts, roc_counts

# Cells of a label: called or not, with the finding or not.
N_CELLS = 4
NO_LABEL = "no label has a threshold and enough patients with and without the finding"


@dataclass(frozen=True)
class Measured:
    """A metric of the images themselves, of B replicates, and without skill; overall comes first.

    `whole` and `prevalence_only` are (1 + k,) or (1,), `resampled` is (B, 1 + k) or (B, 1).
    `members` (k,) are the labels that the overall figure is about, and `missing` says for each
    column why it has no interval.
    """

    whole: np.ndarray
    resampled: np.ndarray
    prevalence_only: np.ndarray
    members: np.ndarray
    missing: tuple[str | None, ...]


@dataclass(frozen=True)
class Curve:
    """Net benefit of each label over the grid of thresholds: (k, thresholds), and B replicates."""

    whole: np.ndarray
    resampled: np.ndarray


class Everything(NamedTuple):
    """All figures of one model."""

    aucs: Replicates
    metrics: Mapping[str, Measured]
    benefit: Curve


@dataclass(frozen=True)
class Measures:
    """The figures of a model, ready for weights: the ROC curve of each label, the ranking of all
    labels together, and images counted by decision and by threshold probability.
    """

    curves: tuple[RocCounts, ...]
    pooled: Ranking
    decided: PatientCells
    benefit: PatientCells
    training_positives: np.ndarray
    metrics: tuple[Metric, ...]
    classes: ClassMeasures | None = None

    def __call__(self, weights: np.ndarray) -> np.ndarray:
        """Side by side, (B, c): AUCs, the micro AUC last, metrics one by one, net benefits."""
        evidence = self.evidence(weights)
        aucs = [each.auc for each in evidence.curves]
        micro = self.pooled.aucs(weights)
        metrics = [each.values(evidence) for each in self.metrics]
        benefits = net_benefit(self.benefit.under(weights)).reshape(len(micro), -1)
        return np.column_stack([*aucs, micro, *metrics, benefits])

    def evidence(self, weights: np.ndarray) -> Evidence:
        """What metrics are computed from, under whole weights (patients, B)."""
        curves = tuple(each.steps(weights) for each in self.curves)
        decided = Decisions(*self.decided.under(weights))
        classes = None if self.classes is None else self.classes(weights)
        return Evidence(curves, decided, self.training_positives, classes)


def measures(
    labels: np.ndarray,
    scores: np.ndarray,
    owners: np.ndarray,
    metrics: tuple[Metric, ...],
    training_positives: np.ndarray,
    thresholds: np.ndarray | None = None,
    exclusive: bool = False,
) -> Measures:
    """The measures of scores (n, k) under labels (n, k), over images of owners (n,) from 0."""
    n_patients = int(owners.max()) + 1
    every = np.broadcast_to(owners[:, None], labels.shape)
    columns = zip(labels.T, scores.T, every.T, strict=True)
    curves = tuple(roc_counts(*column, n_patients) for column in columns)
    pooled = ranking(labels, scores, every, n_patients)
    cells = decided_cells(labels, scores, owners, thresholds)
    benefit = net_benefit_cells(labels, scores, owners)
    classes = class_measures(labels, scores, owners) if exclusive else None
    return Measures(curves, pooled, cells, benefit, training_positives, metrics, classes)


def decided_cells(
    labels: np.ndarray, scores: np.ndarray, owners: np.ndarray, thresholds: np.ndarray | None
) -> PatientCells:
    """Images counted as `Decisions` on scores (n, k) counts them, for any weights of patients."""
    chosen = np.array(np.nan) if thresholds is None else thresholds
    decided = ~np.isnan(labels) & ~np.isnan(np.broadcast_to(chosen, labels.shape))
    # In the order of the fields of Decisions.
    return PatientCells.of(2 * (scores < chosen) + (labels == 0), decided, owners, N_CELLS)


def measured(
    model: Measures,
    names: Sequence[str],
    missing: Missing,
    undecided: Sequence[str | None],
    *,
    n_replicates: int = bootstrap.N_REPLICATES,
    seed: int = 0,
    workers: bootstrap.Workers = bootstrap.ALONE,
    strata: bootstrap.Strata = (),
) -> Everything:
    """The AUCs of a model, its metrics under their names and its net benefits, with replicates.

    `undecided` says for each label why it has no figures at a threshold, or None.
    """
    n_patients = model.pooled.negatives.shape[1]
    images = bootstrap.once(n_patients)
    whole, evidence = model(images)[0], model.evidence(images)
    resampled = bootstrap.resample(model, n_patients, n_replicates, seed, workers, strata)
    at = len(model.curves) + 1
    aucs, found = Replicates.of(resampled[:, :at], whole[:at]), {}
    for name, metric in zip(names, model.metrics, strict=True):
        chance = metric.prevalence_only(evidence)[0]
        here = slice(at, at + len(chance))
        at += len(chance)
        members = metric.members(evidence)
        why = _reasons(members, missing.labels, undecided if metric.needs == THRESHOLDS else None)
        found[name] = Measured(whole[here], resampled[:, here], chance, members, why[: len(chance)])
    shape = (-1, len(model.curves), len(GRID))
    benefit = Curve(whole[at:].reshape(shape)[0], resampled[:, at:].reshape(shape))
    return Everything(aucs, found, benefit)


def _reasons(
    members: np.ndarray, few: Sequence[str | None], undecided: Sequence[str | None] | None
) -> tuple[str | None, ...]:
    """Why a metric of these labels (k,) has no interval: overall, then for each label."""
    by_label = [one or other for one, other in zip(undecided or few, few, strict=True)]
    overall = of_any([each for each, member in zip(by_label, members, strict=True) if member])
    if overall and undecided and any(undecided):
        overall = undecided[0] if all(undecided) else NO_LABEL
    return (overall, *by_label)
