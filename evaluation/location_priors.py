"""Pointing without looking at the image: at other patients' boxes, the centre, or at random."""

from collections.abc import Sequence

import numpy as np

from evaluation.localisation import coverage, inside

GRID = 64


def location_priors(
    boxes: Sequence[np.ndarray], findings: np.ndarray, patients: np.ndarray
) -> np.ndarray:
    """A map for each of m images with boxes of a finding, (m, GRID, GRID).

    It counts the images of *other* patients that have a box of that finding over each cell. Where
    no other patient has the finding, the boxes of all findings count.
    """
    middles = (np.arange(GRID) + 0.5) / GRID
    # Counts at the centres of cells, because shares of cells would leave no two equal.
    over = np.array([inside(middles, middles[:, None], each) for each in boxes], np.uint8)
    priors = []
    for finding, patient in zip(findings, patients, strict=True):
        others = patients != patient
        alike = others & (findings == finding)
        priors.append(over[alike if alike.any() else others].sum(axis=0, dtype=int))
    return np.array(priors)


def centre(boxes: np.ndarray) -> float:
    """Whether the centre of the image lies in a box, 1 or 0."""
    return float(inside(np.array(0.5), np.array(0.5), boxes))


def by_chance(boxes: np.ndarray) -> float:
    """How often a uniformly random point lies in a box: the share of the image they cover."""
    return float(coverage((1, 1), boxes).item())
