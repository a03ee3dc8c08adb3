"""AUC by sex, age band and view, and the largest gap between groups for each label.

The largest gap is chosen after looking at the data, so its interval is simultaneous: it is wide
enough to cover all gaps between two groups, over all labels of a variable, 95 times in 100.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np

from arrays import plain
from evaluation import bootstrap, certainty
from evaluation.auc import label_aucs, macro
from evaluation.certainty import Missing
from evaluation.scores import Scores
from evaluation.truth import Truth

AGE_LIMITS = (20, 40, 60, 80)
AGE_BANDS = np.array(["0–19", "20–39", "40–59", "60–79", "80+", ""], object)
UNKNOWN = "unknown"
LEVEL = 0.95


def age_bands(ages: np.ndarray) -> np.ndarray:
    """Band of 20 years of each age, (n,); "" where it is not known."""
    return AGE_BANDS[np.where(np.isnan(ages), -1, np.digitize(ages, AGE_LIMITS))]


def by_group(
    truth: Truth,
    scores: Scores,
    values: np.ndarray,
    *,
    n_replicates: int = bootstrap.N_REPLICATES,
    seed: int = 0,
) -> dict[str, Any]:
    """Figures of each group of a variable's values (n,), and the largest gap of each label."""
    scores = scores.over(truth.ids, truth.label_names)
    named = np.where(values == "", UNKNOWN, values)
    members = {str(name): named == name for name in sorted(set(named))}
    resampled = _replicates(truth, scores, members, n_replicates, seed)
    inside = list(members.values())
    aucs = np.array([label_aucs(truth.labels[who], scores.probabilities[who]) for who in inside])
    missing = [certainty.missing(truth.labels[who], truth.owners[who]) for who in inside]
    solid = np.array([_solid(truth, who) for who in inside])
    solid[[name == UNKNOWN for name in members]] = False
    return {
        "groups": {
            name: _group(truth, who, aucs[place], resampled[:, place], missing[place])
            for place, (name, who) in enumerate(members.items())
        },
        "gaps": _gaps(list(members), truth.label_names, aucs, resampled, solid),
    }


def simultaneous(gaps: np.ndarray, resampled: Iterable[np.ndarray]) -> np.ndarray:
    """Half widths (c,) of intervals that cover all gaps (c,) at once, from replicates (B,) each."""
    errors, farthest = np.zeros(len(gaps)), np.zeros(1)
    # Gap by gap, because all replicates of all gaps would fill the memory.
    for place, (gap, one) in enumerate(zip(gaps, resampled, strict=True)):
        # A replicate in which a group has one class carries no information on its gap.
        known = np.where(np.isnan(one), gap, one)
        errors[place] = known.std()
        if errors[place] > 0:
            farthest = np.maximum(farthest, np.abs(known - gap) / errors[place])
    return errors * np.quantile(farthest, LEVEL)


def _replicates(
    truth: Truth, scores: Scores, members: Mapping[str, np.ndarray], n_replicates: int, seed: int
) -> np.ndarray:
    """AUC of each replicate, group and label, (B, groups, k); patients drawn over all groups."""
    owners, n_patients = bootstrap.number(truth.owners)
    rankings = [
        bootstrap.ranking(labels[who], values[who], owners[who], n_patients)
        for who in members.values()
        for labels, values in zip(truth.labels.T, scores.probabilities.T, strict=True)
    ]
    figures = partial(bootstrap.aucs, rankings)
    aucs = bootstrap.resample(figures, n_patients, n_replicates, seed, strata=truth.strata)
    return aucs.reshape(n_replicates, len(members), -1)


def _solid(truth: Truth, who: np.ndarray) -> np.ndarray:
    """Labels with enough patients of either class among these images, (k,)."""
    counts = [certainty.count(column, truth.owners[who]) for column in truth.labels[who].T]
    return np.array(
        [
            each.patients >= certainty.LEAST_PATIENTS
            and min(each.positive, each.negative) >= certainty.FEW_OF_A_CLASS
            for each in counts
        ]
    )


def _group(
    truth: Truth, who: np.ndarray, aucs: np.ndarray, resampled: np.ndarray, missing: Missing
) -> dict[str, Any]:
    macro_ci, why = certainty.estimated(macro(resampled), missing.macro)
    intervals = map(certainty.estimated, resampled.T, missing.labels)
    positives = np.count_nonzero(truth.labels[who] == 1, axis=0)
    return {
        "films": int(who.sum()),
        "patients": len(np.unique(truth.owners[who])),
        "macro_auc": plain(macro(aucs)),
        "macro_auc_ci": macro_ci,
        "macro_auc_ci_missing": why,
        "labels_in_macro": int(np.isfinite(aucs).sum()),
        "labels": {
            name: {
                "auc": plain(auc),
                "auc_ci": ci,
                "auc_ci_missing": why,
                "positives": int(n_positive),
            }
            for name, auc, (ci, why), n_positive in zip(
                truth.label_names, aucs, intervals, positives, strict=True
            )
        },
    }


def _gaps(
    groups: list[str],
    label_names: tuple[str, ...],
    aucs: np.ndarray,
    resampled: np.ndarray,
    solid: np.ndarray,
) -> dict[str, dict[str, Any] | None]:
    """The largest gap of each label; None where fewer than two groups have enough patients."""
    compared = [
        (label, *((one, other) if aucs[one, label] >= aucs[other, label] else (other, one)))
        for label in range(len(label_names))
        for one, other in combinations(np.flatnonzero(solid[:, label]), 2)
    ]
    label, high, low = np.array(compared, int).reshape(-1, 3).T
    gaps = aucs[high, label] - aucs[low, label]
    reach = simultaneous(
        gaps,
        (resampled[:, one, each] - resampled[:, other, each] for each, one, other in compared),
    )
    largest: dict[str, dict[str, Any] | None] = dict.fromkeys(label_names)
    # In ascending order, so that the largest gap of a label is kept.
    for place in np.argsort(gaps):
        gap, half = gaps[place], reach[place]
        largest[label_names[label[place]]] = {
            "high": groups[high[place]],
            "low": groups[low[place]],
            "gap": float(gap),
            "ci": np.clip([gap - half, gap + half], -1, 1).tolist() if half else None,
            "ci_missing": None if half else certainty.SAME,
            "flagged": bool(gap > half > 0),
        }
    return largest
