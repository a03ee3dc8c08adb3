"""Whether a model serves everyone: AUC by sex, age band and view, and the largest gap per label.

The largest gap is picked after looking, so its interval is simultaneous: it is widened until all
gaps between any two groups, of all labels of a variable, are covered together 95 times in 100.
"""

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np

from evaluation import bootstrap
from evaluation.auc import label_aucs, macro
from evaluation.plain import plain
from evaluation.scores import Scores
from evaluation.truth import Truth

AGE_LIMITS = (20, 40, 60, 80)
AGE_BANDS = np.array(["0–19", "20–39", "40–59", "60–79", "80+", ""], object)
UNKNOWN = "unknown"
# With fewer patients of either class the bootstrap cannot see how uncertain an AUC is.
LEAST_PATIENTS = 10
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
    drawn = _replicates(truth, scores, members, n_replicates, seed)
    inside = list(members.values())
    aucs = np.array([label_aucs(truth.labels[who], scores.probabilities[who]) for who in inside])
    solid = np.array([_solid(truth, who) for who in inside])
    solid[[name == UNKNOWN for name in members]] = False
    return {
        "groups": {
            name: _group(truth, who, aucs[place], drawn[:, place])
            for place, (name, who) in enumerate(members.items())
        },
        "gaps": _gaps(list(members), truth.label_names, aucs, drawn, solid),
    }


def simultaneous(gaps: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Half widths (c,) of intervals that cover all gaps (c,) at once, from replicates (B, c)."""
    # A replicate in which a group lost a class tells nothing about its gap.
    drawn = np.where(np.isnan(drawn), gaps, drawn)
    errors = drawn.std(axis=0)
    distances = np.abs(drawn - gaps)
    standardised = np.divide(distances, errors, out=np.zeros_like(drawn), where=errors > 0)
    return errors * np.quantile(standardised.max(axis=1, initial=0), LEVEL)


def _replicates(
    truth: Truth, scores: Scores, members: Mapping[str, np.ndarray], n_replicates: int, seed: int
) -> np.ndarray:
    """AUC of each replicate, group and label, (B, groups, k); patients drawn over all groups."""
    owners, n_patients = bootstrap.number(truth.patients)
    rankings = [
        bootstrap.ranking(labels[who], values[who], owners[who], n_patients)
        for who in members.values()
        for labels, values in zip(truth.labels.T, scores.probabilities.T, strict=True)
    ]
    aucs = bootstrap.resample(rankings, n_patients, n_replicates, seed)
    return aucs.reshape(n_replicates, len(members), -1)


def _solid(truth: Truth, who: np.ndarray) -> np.ndarray:
    """Labels with enough patients of either class among these films, (k,)."""
    owners = truth.patients[who]
    return np.array(
        [
            min(len(set(owners[column == kind])) for kind in (0, 1)) >= LEAST_PATIENTS
            for column in truth.labels[who].T
        ]
    )


def _group(truth: Truth, who: np.ndarray, aucs: np.ndarray, drawn: np.ndarray) -> dict[str, Any]:
    positives = np.count_nonzero(truth.labels[who] == 1, axis=0)
    return {
        "films": int(who.sum()),
        "patients": len(set(truth.patients[who])),
        "macro_auc": plain(macro(aucs)),
        "macro_auc_ci": bootstrap.interval(macro(drawn)),
        "labels_in_macro": int(np.isfinite(aucs).sum()),
        "labels": {
            name: {
                "auc": plain(aucs[label]),
                "auc_ci": bootstrap.interval(drawn[:, label]),
                "positives": int(positives[label]),
            }
            for label, name in enumerate(truth.label_names)
        },
    }


def _gaps(
    groups: list[str],
    label_names: tuple[str, ...],
    aucs: np.ndarray,
    drawn: np.ndarray,
    solid: np.ndarray,
) -> dict[str, dict[str, Any] | None]:
    """The largest gap of each label; None where fewer than two groups have patients enough."""
    compared = [
        (label, *((one, other) if aucs[one, label] >= aucs[other, label] else (other, one)))
        for label in range(len(label_names))
        for one, other in combinations(np.flatnonzero(solid[:, label]), 2)
    ]
    label, high, low = np.array(compared, int).reshape(-1, 3).T
    gaps = aucs[high, label] - aucs[low, label]
    reach = simultaneous(gaps, drawn[:, high, label] - drawn[:, low, label])
    largest: dict[str, dict[str, Any] | None] = dict.fromkeys(label_names)
    # In rising order, so that the largest of a label is what stays.
    for place in np.argsort(gaps):
        largest[label_names[label[place]]] = {
            "high": groups[high[place]],
            "low": groups[low[place]],
            "gap": float(gaps[place]),
            "ci": np.clip([gaps[place] - reach[place], gaps[place] + reach[place]], -1, 1).tolist(),
            "flagged": bool(gaps[place] > reach[place]),
        }
    return largest
