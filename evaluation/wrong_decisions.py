"""Decisions that differ from the label table: how far off, on which images models differ, and
in which groups of patients."""

from functools import partial
from typing import Any

import numpy as np

from arrays import plain
from evaluation import bootstrap, certainty
from evaluation.class_figures import mcnemar
from evaluation.comparison import holm
from evaluation.truth import Truth


def label_distances(
    truth: np.ndarray, probabilities: np.ndarray, thresholds: np.ndarray
) -> np.ndarray:
    """How far wrong probabilities (n, k) are from their thresholds; NaN where a call is not wrong.

    Thresholds are (k,) or (n, k). A label without a threshold or without a truth is not decided.
    """
    away = probabilities - thresholds
    # NaN is neither above nor below.
    wrong = ((away >= 0) & (truth == 0)) | ((away < 0) & (truth == 1))
    return np.where(wrong, np.abs(away), np.nan)


def class_distances(truth: np.ndarray, probabilities: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """How far a wrong class chosen is ahead of the true one (n, k), in their columns; else NaN."""
    wrong = np.where(chosen, truth == 0, truth == 1)
    highest = probabilities.max(axis=1, keepdims=True)
    true = np.where(truth == 1, probabilities, 0).max(axis=1, keepdims=True)
    return np.where(wrong, highest - true, np.nan)


def wrong_calls(truth: np.ndarray, probabilities: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """1 (n, k) where a decision is wrong, 0 where it is right, NaN where there is none."""
    decided = ~np.isnan(truth) & ~np.isnan(thresholds)
    return np.where(decided, (probabilities >= thresholds) != (truth == 1), np.nan)


def agreement(truth: Truth, ours: np.ndarray, theirs: np.ndarray) -> dict[str, dict[str, Any]]:
    """Of each label the images (n,) that both models, one or none of them decides rightly.

    `ours` and `theirs` are wrong calls (n, k). McNemar's exact p is corrected over labels; it takes
    images as independent.
    """
    both = ~np.isnan(ours) & ~np.isnan(theirs)
    pairs = [
        (one[known] == 0, other[known] == 0)
        for one, other, known in zip(ours.T, theirs.T, both.T, strict=True)
    ]
    tests = [mcnemar(*pair) for pair in pairs]
    corrected = holm(np.array([test["p"] for test in tests]))
    return {
        name: {
            "both_right": int(np.count_nonzero(one & other)),
            **test,
            "both_wrong": int(np.count_nonzero(~one & ~other)),
            "p_holm": plain(p),
        }
        for name, (one, other), test, p in zip(
            truth.label_names, pairs, tests, corrected, strict=True
        )
    }


def by_group(
    truth: Truth,
    ours: np.ndarray,
    theirs: np.ndarray,
    values: np.ndarray,
    *,
    n_replicates: int = bootstrap.N_REPLICATES,
    seed: int = 0,
) -> dict[str, dict[str, Any]]:
    """Of each group of values (n,) the share of decisions that are wrong, by patient.

    `ours` and `theirs` are wrong calls (n, k) of a model and its baseline; the `difference` is that
    of the model less that of the baseline. Images without a value are left out.
    """
    names = [name for name in sorted(set(values.tolist())) if name]
    inside = [values == name for name in names]
    n_patients = int(truth.owners.max()) + 1
    wrong, decided = np.zeros((2, len(names), 2, n_patients))
    for group, who in enumerate(inside):
        for model, calls in enumerate((ours, theirs)):
            known = ~np.isnan(calls)
            counts = np.nansum(calls, axis=1) * who, known.sum(axis=1) * who
            wrong[group, model], decided[group, model] = (
                np.bincount(truth.owners, each, n_patients) for each in counts
            )
    figures = partial(_shares, wrong, decided)
    whole = figures(bootstrap.once(n_patients))[0].reshape(-1, 3)
    resampled = bootstrap.resample(figures, n_patients, n_replicates, seed)
    resampled = resampled.reshape(n_replicates, -1, 3)
    return {
        name: _group(truth, inside[place], decided[place], whole[place], resampled[:, place])
        for place, name in enumerate(names)
    }


def _shares(wrong: np.ndarray, decided: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Share of wrong decisions of both models and their difference, group after group, (B, 3 g)."""
    with np.errstate(invalid="ignore"):
        ours, theirs = np.moveaxis((wrong @ weights) / (decided @ weights), 1, 0)
    return np.stack([ours, theirs, ours - theirs], axis=1).reshape(-1, weights.shape[1]).T


def _group(
    truth: Truth, who: np.ndarray, decided: np.ndarray, whole: np.ndarray, resampled: np.ndarray
) -> dict[str, Any]:
    n_patients = len(np.unique(truth.owners[who]))
    why = certainty.few_patients(int(who.sum()), n_patients)
    estimates = [certainty.estimated(column, why) for column in resampled.T]
    (ours, _), (theirs, _), (difference, missing) = estimates
    return {
        "films": int(who.sum()),
        "patients": n_patients,
        "decisions": int(decided[0].sum()),
        "wrong": plain(whole[0]),
        "wrong_ci": ours,
        "baseline_wrong": plain(whole[1]),
        "baseline_wrong_ci": theirs,
        "difference": plain(whole[2]),
        "ci": difference,
        "ci_missing": missing,
    }
