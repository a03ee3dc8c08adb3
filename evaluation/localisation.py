"""How well a heatmap matches boxes: pointing game, IoU and IoBB.

A map (h, w) and boxes (b, 4: left, top, width, height) lie on a square of side 1. Only positive
values are evidence for the finding. Cells keep their own size; nothing is interpolated.
"""

from collections.abc import Sequence

import numpy as np

from errors import BadScores
from evaluation.auc import midranks

# Shares of a map's maximum that a threshold is chosen from.
CANDIDATES = tuple(tenths / 10 for tenths in range(1, 10))


def is_empty(heat: np.ndarray) -> bool:
    """Whether a map has no evidence for its finding anywhere; one that is not finite raises."""
    if not np.isfinite(heat).all():
        raise BadScores(
            f"A heatmap must be finite; {np.count_nonzero(~np.isfinite(heat))} of {heat.size} cells"
            " are not. The network may be broken: train it again."
        )
    return bool(heat.max() <= 0)


def pointing(heat: np.ndarray, boxes: np.ndarray) -> float:
    """Whether the centre of the highest cell lies in a box, 1 or 0; an empty map is a miss.

    Where cells tie, it is the share of them that hit: the expectation of picking one at random.
    """
    if is_empty(heat):
        return 0.0
    rows, columns = np.nonzero(heat == heat.max())
    height, width = heat.shape
    return float(inside((columns + 0.5) / width, (rows + 0.5) / height, boxes).mean())


def inside(x: np.ndarray, y: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Whether points lie in any of the boxes; x and y of shapes that go together."""
    x, y = np.asarray(x)[..., None], np.asarray(y)[..., None]
    left, top, width, height = boxes.T
    return ((left <= x) & (x <= left + width) & (top <= y) & (y <= top + height)).any(axis=-1)


def coverage(shape: tuple[int, ...], boxes: np.ndarray) -> np.ndarray:
    """Share of each cell of a grid (h, w) that the boxes cover together; exact."""
    (y, tall, row), (x, wide, column) = (
        _strips(n_cells, boxes[:, side], boxes[:, side + 2])
        for n_cells, side in zip(shape, (1, 0), strict=True)
    )
    areas = inside(x, y[:, None], boxes) * np.outer(tall, wide)
    cells = np.zeros(shape)
    np.add.at(cells, (row[:, None], column), areas)
    return cells * cells.size


def overlap(heat: np.ndarray, boxes: np.ndarray, threshold: float) -> tuple[float, float]:
    """IoU and IoBB of the boxes with the cells of at least threshold times the map's maximum.

    IoBB divides by what the map marks, so that a small mark within a large box is right. An empty
    map marks nothing: 0 and 0.
    """
    if is_empty(heat):
        return 0.0, 0.0
    marked = (heat >= threshold * heat.max()) & (heat > 0)
    covered = coverage(heat.shape, boxes)
    shared, n_marked = covered[marked].sum(), np.count_nonzero(marked)
    return float(shared / (n_marked + covered.sum() - shared)), float(shared / n_marked)


def otsu(heat: np.ndarray) -> float:
    """The share of a map's maximum that best parts its cells in two, after Otsu (1979).

    A map that cannot be parted is marked as a whole, or if it is empty not at all: 1.
    """
    if is_empty(heat) or heat.min() == heat.max():
        return 1.0
    values = np.sort(np.maximum(heat, 0), axis=None)
    below = np.arange(1, len(values))
    sums = np.cumsum(values)[:-1]
    gap = (values.sum() - sums) / below[::-1] - sums / below
    # Between equal values there is no place for a threshold.
    between = np.where(np.diff(values) > 0, below * below[::-1] * gap**2, -1)
    return float(values[1:][np.argmax(between)] / values[-1])


def tuned(heats: Sequence[np.ndarray], boxes: Sequence[np.ndarray]) -> float:
    """The lowest candidate of those with the highest mean IoU, over images that are not scored.

    Maps and boxes belong to the same images, in the same order.
    """
    pairs = list(zip(heats, boxes, strict=True))
    means = [np.mean([overlap(*pair, share)[0] for pair in pairs]) for share in CANDIDATES]
    return CANDIDATES[int(np.argmax(means))]


def rank_correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Spearman's correlation of two maps (h, w), cell by cell; NaN where one is level."""
    ranks = np.array([midranks(heat.ravel()) for heat in (first, second)])
    centred = ranks - ranks.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(centred, axis=1)
    return float(centred[0] @ centred[1] / lengths.prod()) if lengths.all() else np.nan


def _strips(
    n_cells: int, starts: np.ndarray, lengths: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Middles, lengths and cells of what a grid's side is cut into by cells' and boxes' edges."""
    ends = np.clip(np.concatenate([starts, starts + lengths]), 0, 1)
    cuts = np.unique(np.concatenate([np.linspace(0, 1, n_cells + 1), ends]))
    middles = (cuts[1:] + cuts[:-1]) / 2
    # Between 1 and the number below it, the middle is rounded to 1.
    cells = np.minimum((middles * n_cells).astype(int), n_cells - 1)
    return middles, np.diff(cuts), cells
