"""Sanity checks of heatmaps: with shuffled weights, and with regions blurred."""

from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np

from errors import InvalidOption
from evaluation.clustered_means import ALL, clustered
from evaluation.localisation import is_empty, rank_correlation
from evaluation.localisation_figures import Look
from features.preprocessing import map_in_image
from inference.boxed_images import Batch, Cases, Looker
from models.shuffling import shuffled

SEEDS = range(3)
# The share of a map's cells that is blurred, and the number of other places for comparison.
SHARE = 0.1
ELSEWHERE = 3
# The blur that replaces a region, as a share of the image's longer side: a rib or a nodule is gone,
# while the region stays as bright as its surroundings.
BLUR = 1 / 12

ByMethod = dict[str, dict[str, Any]]


def after_shuffling(
    looker: Looker, cases: Cases, looks: Mapping[str, Look], replicates: int
) -> ByMethod:
    """Rank correlation of each method's maps with maps of the classifier with shuffled weights.

    It is the mean over images and seeds, with an interval; {} without weights to shuffle.
    """
    classifier = looker.predictor.bundle.classifier
    try:
        others = [looker.looks(cases, shuffled(classifier, seed)) for seed in SEEDS]
    except InvalidOption:
        return {}
    alike = {
        name: [
            [rank_correlation(*maps) for maps in zip(look.maps, other[name].maps, strict=True)]
            for other in others
        ]
        for name, look in looks.items()
    }
    return {
        name: _estimates(cases, {"correlation": np.array(rows).mean(axis=0)}, replicates)
        for name, rows in alike.items()
    }


def after_deletion(
    looker: Looker, cases: Cases, looks: Mapping[str, Look], replicates: int
) -> ByMethod:
    """How far a finding's probability falls when the region with most attribution is blurred.

    The same region is blurred elsewhere for comparison. Means over images, with intervals; empty
    maps are left out.
    """
    rng = np.random.default_rng(0)
    drops: dict[str, list[np.ndarray]] = {name: [] for name in looks}
    for batch in looker.batches(cases, "deleting"):
        for name, look in looks.items():
            done = len(drops[name])
            maps = look.maps[done : done + len(batch.planes)]
            drops[name].extend(_drops(looker, batch, maps, rng))
    estimates = {}
    for name, pairs in drops.items():
        there, elsewhere = np.array(pairs).T
        figures = {"credited": there, "elsewhere": elsewhere, "more": there - elsewhere}
        estimates[name] = _estimates(cases, figures, replicates)
    return estimates


def most_attributed(heat: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The region (h, w) bool of an image with the highest values of a map of its square."""
    least = np.sort(heat, axis=None)[-int(np.ceil(SHARE * heat.size))]
    cells = (heat >= least) & (heat > 0)
    return map_in_image(cells.astype(np.float32), shape) > 0.5


def _drops(
    looker: Looker, batch: Batch, maps: list[np.ndarray], rng: np.random.Generator
) -> np.ndarray:
    """How far each probability falls by blurring the region, and by blurring elsewhere, (n, 2)."""
    images = []
    for plane, heat in zip(batch.planes, maps, strict=True):
        region = most_attributed(heat, plane.shape)
        shifts = [(0, 0), *rng.integers(plane.shape, size=(ELSEWHERE, 2))]
        regions = np.array([np.roll(region, shift, axis=(0, 1)) for shift in shifts])
        images += [*blanked(plane, regions)]
    meta = batch.meta.iloc[np.repeat(np.arange(len(maps)), 1 + ELSEWHERE)]
    predictor = looker.predictor
    before = predictor.findings(batch.views).calibrated[:, batch.column]
    after = predictor.findings(predictor.views(images, meta)).calibrated[:, batch.column]
    falls = before[:, None] - after.reshape(len(maps), -1)
    falls[[is_empty(heat) for heat in maps]] = np.nan
    return np.column_stack([falls[:, 0], falls[:, 1:].mean(axis=1)])


def _estimates(cases: Cases, figures: dict[str, np.ndarray], replicates: int) -> dict[str, Any]:
    """The mean of each figure (m,) over all images, with an interval by patient."""
    values = np.column_stack(list(figures.values()))
    table = clustered(values, cases.findings, cases.patients, n_replicates=replicates)
    return {name: table.estimate(ALL, column) for column, name in enumerate(figures)}


def blanked(plane: np.ndarray, regions: np.ndarray) -> np.ndarray:
    """The plane (h, w) uint8 once for each region (r, h, w) bool, which its own blur replaces."""
    blurred = cv2.GaussianBlur(plane, (0, 0), BLUR * max(plane.shape))
    return np.where(regions, blurred, plane)
