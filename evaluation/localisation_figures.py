"""Heatmaps against boxes as a plain dict: every method and the location priors."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from evaluation import bootstrap
from evaluation.clustered_means import ALL, MEAN, Clustered, clustered
from evaluation.localisation import is_empty, otsu, overlap, pointing, tuned
from evaluation.location_priors import by_chance, centre

PRIOR, CENTRE, CHANCE = "prior", "centre", "chance"
LESS_PRIOR = " − prior"
# IoU and IoBB above which a mark counts as right, as in Wang et al. (2017).
RIGHT_ABOVE = (0.1, 0.25, 0.5)
FIGURES = (
    *("hit", "empty", "iou", "iobb"),
    *(f"{figure} > {least}" for figure in ("iou", "iobb") for least in RIGHT_ABOVE),
)
# A threshold tuned on fewer images would be a matter of luck.
LEAST_TUNED_BY = 5


class Look(NamedTuple):
    """Maps (h, w) of m images by one method, and the boxes (b, 4) of each in its map's frame."""

    maps: list[np.ndarray]
    boxes: list[np.ndarray]


class Boxed(NamedTuple):
    """m images with boxes (b, 4) of one finding each, in the image's own frame; patients (m,)."""

    boxes: Sequence[np.ndarray]
    findings: np.ndarray
    patients: np.ndarray


def evaluate(
    looks: Mapping[str, Look],
    thresholds: Mapping[str, np.ndarray],
    boxed: Boxed,
    *,
    n_replicates: int = bootstrap.N_REPLICATES,
    seed: int = 0,
) -> dict[str, Any]:
    """Figures of each look with intervals: by finding, over all images, and as the findings' mean.

    `looks` must hold the prior, because the others are compared with it image by image.
    """
    values = {name: _figures(look, thresholds[name]) for name, look in looks.items()}
    others = [name for name in looks if name != PRIOR]
    values |= {name + LESS_PRIOR: values[name] - values[PRIOR] for name in others}
    for name, hits in ((CENTRE, centre), (CHANCE, by_chance)):
        values[name] = np.array([[hits(boxes)] for boxes in boxed.boxes])
    table = clustered(
        np.hstack(list(values.values())),
        boxed.findings,
        boxed.patients,
        n_replicates=n_replicates,
        seed=seed,
    )
    names = [(look, figure) for look in values for figure in FIGURES[: values[look].shape[1]]]
    return {row: _estimates(table, row, names) | _counts(row, boxed, looks) for row in table.rows}


def choose_thresholds(
    look: Look, findings: np.ndarray, tuning: Look, tuning_findings: np.ndarray
) -> np.ndarray:
    """A share of its maximum for each map (m,), tuned on images that are not scored.

    Where too few of them show the finding, it is Otsu's threshold of the map itself.
    """
    chosen = np.array([otsu(heat) for heat in look.maps])
    for name in set(findings) & tunable(tuning_findings):
        images = np.flatnonzero(tuning_findings == name)
        chosen[findings == name] = tuned(*([part[image] for image in images] for part in tuning))
    return chosen


def tunable(findings: np.ndarray) -> set[str]:
    """Findings with enough images to tune a threshold on."""
    return {name for name in set(findings) if np.sum(findings == name) >= LEAST_TUNED_BY}


def _figures(look: Look, thresholds: np.ndarray) -> np.ndarray:
    """Every figure of every image, (m, figures)."""
    rows = []
    for heat, boxes, threshold in zip(*look, thresholds, strict=True):
        overlaps = overlap(heat, boxes, threshold)
        right = [value > least for value in overlaps for least in RIGHT_ABOVE]
        rows.append([pointing(heat, boxes), is_empty(heat), *overlaps, *right])
    return np.array(rows, float)


def _estimates(table: Clustered, row: str, names: list[tuple[str, str]]) -> dict[str, Any]:
    looks: dict[str, Any] = {look: {} for look, _ in names}
    for column, (look, figure) in enumerate(names):
        looks[look][figure] = table.estimate(row, column)
    return {"looks": looks}


def _counts(row: str, boxed: Boxed, looks: Mapping[str, Look]) -> dict[str, Any]:
    """Counts of a finding; the looks whose cells are larger than half of its boxes."""
    who = (boxed.findings == row) | (row in (ALL, MEAN))
    images = np.flatnonzero(who).tolist()
    areas = {
        name: [look.boxes[image][:, 2:].prod(axis=1) for image in images]
        for name, look in looks.items()
    }
    return {
        "films": len(images),
        "boxes": sum(len(boxed.boxes[image]) for image in images),
        "patients": len(set(boxed.patients[who])),
        "coarse": [
            name
            for name, look in looks.items()
            if np.median(np.concatenate(areas[name])) * look.maps[images[0]].size < 1
        ],
    }
