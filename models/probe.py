"""A probe: how well features predict something that they should not know, such as sex or site.

A logistic regression is fitted and scored by cross-validation, with the patients of a fold apart
from those it learns from. Features whose AUC is far above 0.5 carry this information, and a
classifier may take it as a shortcut.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from evaluation import bootstrap, certainty
from evaluation.fold_aucs import fold_aucs
from models.classifiers.logistic import Logistic
from models.views import Views
from progress import track

N_FOLDS = 5
# More images make the intervals narrower than anybody needs, and take minutes.
MOST_IMAGES = 2000
PENALTY = 1.0
# Of a variable with many values, such as the view, the most common ones are predicted.
MOST_VALUES = 4


class Targets(NamedTuple):
    """What a probe predicts: k names, and labels (n, k) of 1, 0 or NaN for not known."""

    names: tuple[str, ...]
    labels: np.ndarray

    def __add__(self, other: "Targets") -> "Targets":  # type: ignore[override]
        return Targets(
            self.names + other.names, np.concatenate([self.labels, other.labels], axis=1)
        )


def of_values(variable: str, values: np.ndarray) -> Targets:
    """Each common value of a variable against the others; of two values, one. "" is not known."""
    known = values != ""
    counts = pd.Series(values[known]).value_counts()
    common = sorted(counts.index[:MOST_VALUES])[: None if len(counts) > 2 else 1]
    if len(counts) < 2:
        common = []
    labels = np.full((len(values), len(common)), np.nan, np.float32)
    for column, value in enumerate(common):
        labels[known, column] = values[known] == value
    return Targets(tuple(f"{variable} {value}" for value in common), labels)


def of_metadata(meta: pd.DataFrame) -> Targets:
    """Sex, view, and whether a patient is older than the median, as far as they vary."""
    targets = of_values("sex", meta["sex"].to_numpy(object))
    targets += of_values("view", meta["view"].to_numpy(object))
    ages = meta["age"].to_numpy(float)
    if len(np.unique(ages[~np.isnan(ages)])) < 2:
        return targets
    middle = float(np.nanmedian(ages))
    older = np.where(np.isnan(ages), np.nan, ages > middle).astype(np.float32)
    return targets + Targets((f"age over {middle:.0f}",), older[:, None])


def probes(
    views: Views, targets: Targets, patients: np.ndarray, **options: int
) -> dict[str, dict[str, dict[str, Any]]]:
    """By block and target: AUC with interval, and how many images and patients it is over."""
    return {
        name: probe(views.blocks[name].values, targets, patients, **options)
        for name in track(views.names, "probing features", len(views.names), "blocks")
    }


def probe(
    features: Any,
    targets: Targets,
    patients: np.ndarray,
    *,
    n_replicates: int = bootstrap.N_REPLICATES,
    most_images: int = MOST_IMAGES,
    seed: int = 0,
) -> dict[str, dict[str, Any]]:
    """AUC of each target from features (n, d), with its patient-clustered interval.

    Of many images, those of randomly chosen patients are used. A target that too few patients have
    gets a reason instead of figures.
    """
    chosen = sampled(patients, most_images, seed)
    labels, owners = targets.labels[chosen], bootstrap.number(patients[chosen])[0]
    reasons = certainty.missing(labels, owners).labels
    solid = np.array([why is None for why in reasons], bool)
    figures: dict[str, dict[str, Any]] = {
        name: {"auc": None, "auc_ci": None, "auc_ci_missing": why}
        for name, why in zip(targets.names, reasons, strict=True)
    }
    if solid.any():
        labels = labels[:, solid]
        folds = _folds(labels, owners, seed)
        scores = _scores(np.asarray(features[chosen]), labels, folds)
        made = fold_aucs(labels, scores, folds, owners, n_replicates=n_replicates, seed=seed)
        names = (name for name, each in zip(targets.names, solid, strict=True) if each)
        figures |= dict(zip(names, made, strict=True))
    return figures


def leading(figures: Mapping[str, dict[str, Any]], variable: str) -> dict[str, Any] | None:
    """The figures of a variable's value that is predicted best; None where none has an AUC."""
    known = [
        each | {"target": name}
        for name, each in figures.items()
        if name.startswith(f"{variable} ") and each["auc"] is not None
    ]
    return max(known, key=lambda each: each["auc"], default=None)


def sampled(patients: np.ndarray, most_images: int, seed: int) -> np.ndarray:
    """Rows of at most so many images: all images of randomly ordered patients."""
    owners, n_patients = bootstrap.number(patients)
    place = np.random.default_rng(seed).permutation(n_patients)[owners]
    order = np.argsort(place, kind="stable")
    if len(order) <= most_images:
        return np.arange(len(order))
    whole = place[order] < place[order[most_images]]
    return np.sort(order[whole])


def _folds(labels: np.ndarray, owners: np.ndarray, seed: int) -> np.ndarray:
    """A fold for each image (n,): patients are dealt in the order of their labels, so that each
    fold has as many of every kind.
    """
    n_patients = int(owners.max()) + 1
    held = np.full((n_patients, labels.shape[1]), -1.0)
    np.maximum.at(held, owners, np.nan_to_num(labels, nan=-1.0))
    shuffled = np.random.default_rng(seed).permutation(n_patients)
    order = np.lexsort((shuffled, *held.T))
    folds = np.empty(n_patients, int)
    folds[order] = np.arange(n_patients) % N_FOLDS
    return folds[owners]


def _scores(features: np.ndarray, labels: np.ndarray, folds: np.ndarray) -> np.ndarray:
    """Probabilities (n, k), each fold's by a model of the other folds."""
    scores = np.empty(labels.shape)
    for fold in range(N_FOLDS):
        own = folds == fold
        learned = features[~own], labels[~own]
        # There is one penalty, so nothing is chosen on validation images.
        model = Logistic(C=(PENALTY,)).fit(*learned, validation=learned, reported=True)
        scores[own] = model.predict_proba(features[own])
    return scores
