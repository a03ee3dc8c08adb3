"""Whether heatmaps show what was learned: weights in disorder, and regions taken away."""

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
# The share of a map's cells taken away, and how many other places are for comparison.
SHARE = 0.1
ELSEWHERE = 3
# The blur that replaces a region, as a share of the image's longer side: a rib or a nodule is gone,
# while the region stays as bright as its surroundings.
BLUR = 1 / 12

Told = dict[str, dict[str, Any]]


def after_shuffling(
    looker: Looker, cases: Cases, looks: Mapping[str, Look], replicates: int
) -> Told:
    """Rank correlation of each method's maps with those of the same classifier, its weights
    shuffled: the mean over films and seeds, with its interval. {} without weights to shuffle.
    """
    classifier = looker.predictor.bundle.classifier
    try:
        strangers = [looker.looks(cases, shuffled(classifier, seed)) for seed in SEEDS]
    except InvalidOption:
        return {}
    alike = {
        name: [
            [rank_correlation(*maps) for maps in zip(look.maps, other[name].maps, strict=True)]
            for other in strangers
        ]
        for name, look in looks.items()
    }
    return {
        name: _told(cases, {"correlation": np.array(rows).mean(axis=0)}, replicates)
        for name, rows in alike.items()
    }


def after_deletion(
    looker: Looker, cases: Cases, looks: Mapping[str, Look], replicates: int
) -> Told:
    """By how much the finding's probability falls when the cells credited most are blurred, and
    when the same region elsewhere is; mean over films, with intervals. Empty maps are left out.
    """
    rng = np.random.default_rng(0)
    drops: dict[str, list[np.ndarray]] = {name: [] for name in looks}
    for batch in looker.batches(cases, "deleting"):
        for name, look in looks.items():
            done = len(drops[name])
            maps = look.maps[done : done + len(batch.planes)]
            drops[name].extend(_drops(looker, batch, maps, rng))
    told = {}
    for name, pairs in drops.items():
        credited, elsewhere = np.array(pairs).T
        figures = {"credited": credited, "elsewhere": elsewhere, "more": credited - elsewhere}
        told[name] = _told(cases, figures, replicates)
    return told


def most_attributed(heat: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The region (h, w) bool of a film that a map of its square credits most."""
    least = np.sort(heat, axis=None)[-int(np.ceil(SHARE * heat.size))]
    cells = (heat >= least) & (heat > 0)
    return map_in_image(cells.astype(np.float32), shape) > 0.5


def _drops(
    looker: Looker, batch: Batch, maps: list[np.ndarray], rng: np.random.Generator
) -> np.ndarray:
    """Fall of each film's probability by the region credited, and by it elsewhere, (n, 2)."""
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


def _told(cases: Cases, figures: dict[str, np.ndarray], replicates: int) -> dict[str, Any]:
    """Mean over all films of each figure (m,), with its interval by patient."""
    values = np.column_stack(list(figures.values()))
    table = clustered(values, cases.findings, cases.patients, n_replicates=replicates)
    return {name: table.estimate(ALL, column) for column, name in enumerate(figures)}


def blanked(plane: np.ndarray, regions: np.ndarray) -> np.ndarray:
    """The plane (h, w) uint8 once for each region (r, h, w) bool, which its own blur replaces."""
    blurred = cv2.GaussianBlur(plane, (0, 0), BLUR * max(plane.shape))
    return np.where(regions, blurred, plane)
