"""Whether a model looks at the lungs: attribution inside of them, and AUC without them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from evaluation import bootstrap, certainty
from evaluation.clustered_means import clustered
from evaluation.localisation import coverage, is_empty
from evaluation.localisation_figures import Boxed, Look

AREA, LESS_AREA = "area", " − area"
# A finding survives if half of what its AUC has above chance is left without the lungs.
SURVIVING, CHANCE = 0.5, 0.5


def share_inside(heat: np.ndarray, boxes: np.ndarray) -> float:
    """The share of a map's positive values (h, w) that lies in boxes (b, 4) on its square.

    NaN for a map without positive values.
    """
    if is_empty(heat):
        return np.nan
    positive = np.maximum(heat, 0).astype(float)
    return float((positive * coverage(heat.shape, boxes)).sum() / positive.sum())


def area(boxes: np.ndarray) -> float:
    """The share of an image that boxes (b, 4) cover together."""
    return float(coverage((1, 1), boxes)[0, 0])


def shares(
    looks: Mapping[str, Look],
    lungs: Boxed,
    *,
    n_replicates: int = bootstrap.N_REPLICATES,
    seed: int = 0,
) -> dict[str, dict[str, dict[str, Any]]]:
    """By finding, over all and as the findings' mean: the share of each look's positive
    attribution that is inside the lungs, the lungs' area, and the difference, with intervals.
    """
    areas = np.array([area(boxes) for boxes in lungs.boxes])
    values = {
        name: np.array([share_inside(*pair) for pair in zip(*look, strict=True)])
        for name, look in looks.items()
    }
    values |= {name + LESS_AREA: each - areas for name, each in values.items()}
    values[AREA] = areas
    table = clustered(
        np.column_stack([*values.values()]),
        lungs.findings,
        lungs.patients,
        n_replicates=n_replicates,
        seed=seed,
    )
    return {
        row: {name: table.estimate(row, column) for column, name in enumerate(values)}
        for row in table.rows
    }


def survives(whole: Mapping[str, Any], without: Mapping[str, Any]) -> bool:
    """Whether an AUC survives without the lungs: its interval is above chance, and half of what the
    AUC of whole images has above chance is left. Both are estimates with `value` and `ci`; one that
    no resampling changes, as an AUC of 1, counts as its own interval.
    """
    certain = without["ci_missing"] == certainty.SAME
    low = without["value"] if certain else (without["ci"] or [CHANCE])[0]
    if whole["value"] is None or low <= CHANCE:
        return False
    left, before = without["value"] - CHANCE, whole["value"] - CHANCE
    return bool(left >= SURVIVING * before)


def flagged(figures: Mapping[str, Mapping[str, Any]], without: str) -> Sequence[str]:
    """The findings whose AUC survives an occlusion, of estimates by finding and occlusion."""
    return [
        name
        for name, by_occlusion in figures.items()
        if survives(by_occlusion["whole"]["auc"], by_occlusion[without]["auc"])
    ]
