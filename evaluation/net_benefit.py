"""Net benefit of calling images positive from a threshold probability on (decision curves).

At threshold t, a false positive counts t / (1 - t) of a true positive: who calls an image positive
at a probability of 0.1 accepts nine false positives for a true one. Net benefit is true positives
less false positives so weighted, by all images; calling none positive has a net benefit of 0
(Vickers and Elkin, 2006).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from arrays import plain
from evaluation import certainty
from evaluation.comparison import difference
from evaluation.patient_cells import PatientCells
from evaluation.reported_labels import prevalence

# Close together where most findings have their prevalence.
GRID = np.array(
    [
        *(0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.12),
        *(0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5),
    ]
)
ODDS = GRID / (1 - GRID)


def cells(labels: np.ndarray, scores: np.ndarray, owners: np.ndarray) -> PatientCells:
    """Images (n, k) by how many thresholds of the grid they reach, and by their truth."""
    reached = np.searchsorted(GRID, scores, "right")
    known = ~np.isnan(labels)
    return PatientCells.of(2 * reached + (labels == 0), known, owners, 2 * (len(GRID) + 1))


def net_benefit(counts: np.ndarray) -> np.ndarray:
    """Net benefit (B, k, thresholds) from the counts (cells, B, k) of `cells`; NaN: no image."""
    found, false = (np.cumsum(counts[truth::2][::-1], axis=0)[::-1] for truth in (0, 1))
    gained = found[1:] - false[1:] * ODDS[:, None, None]
    images = found[0] + false[0]
    share = np.divide(gained, images, out=np.full(gained.shape, np.nan), where=images > 0)
    return np.moveaxis(share, 0, -1)


def treat_all(labels: np.ndarray) -> np.ndarray:
    """Net benefit (k, thresholds) of calling every image positive."""
    share = prevalence(labels)[:, None]
    return share - (1 - share) * ODDS


def of_model(
    labels: np.ndarray,
    names: Sequence[str],
    whole: np.ndarray,
    resampled: np.ndarray,
    missing: Sequence[str | None],
) -> dict[str, Any]:
    """Each label's curve (k, thresholds) with intervals from replicates (B, k, thresholds)."""
    everyone = treat_all(labels)
    return {
        "thresholds": GRID.tolist(),
        "treat_none": 0.0,
        "labels": {
            name: {
                "net_benefit": [plain(value) for value in whole[label]],
                "ci": [certainty.estimated(each, why)[0] for each in resampled[:, label].T],
                "ci_missing": why,
                "treat_all": [plain(value) for value in everyone[label]],
            }
            for label, (name, why) in enumerate(zip(names, missing, strict=True))
        },
    }


def of_pair(
    names: Sequence[str],
    wholes: Sequence[np.ndarray],
    resampled: Sequence[np.ndarray],
    missing: Sequence[str | None],
) -> dict[str, Any]:
    """The difference of two models' curves, with intervals and p by patient at each threshold."""
    ours, theirs = resampled
    delta = wholes[0] - wholes[1]
    tested = [
        [difference(*each, why) for each in zip(ours[:, label].T, theirs[:, label].T, strict=True)]
        for label, why in enumerate(missing)
    ]
    return {
        "thresholds": GRID.tolist(),
        "labels": {
            name: {
                "delta": [plain(value) for value in delta[label]],
                "ci": [each.ci for each in tested[label]],
                "p": [each.p for each in tested[label]],
                "ci_missing": missing[label],
            }
            for label, name in enumerate(names)
        },
    }
