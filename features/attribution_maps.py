"""Attribution maps: the contributions of local descriptors, placed on the image."""

import numpy as np

from features.local_descriptors import LocalDescriptors

# Cells per side of a map: one for each step of the dense grid.
SIDE = 28
# A keypoint of size 0 still falls into a cell.
LEAST_WIDTH = 1e-6


def laid(
    descriptors: LocalDescriptors, shares: np.ndarray, window: float, side: int = SIDE
) -> np.ndarray:
    """Signed maps (k, side, side) float32 of shares (k, n): each lies evenly on its square.

    The square is what its descriptor describes, `window` diameters wide; the part of it beyond the
    image's border counts for the part within, so that a map sums to its shares.
    """
    across, down = (
        _coverage(points, window * descriptors.sizes, side) for points in descriptors.points.T
    )
    return ((shares[:, None, :] * down.T) @ across).astype(np.float32)


def _coverage(centres: np.ndarray, widths: np.ndarray, side: int) -> np.ndarray:
    """The share (n, side) of each interval in each cell of a line from 0 to 1."""
    halves = np.maximum(widths, LEAST_WIDTH)[:, None].astype(float) / 2
    edges = np.linspace(0, 1, side + 1)
    middle = np.clip(centres, 0, 1)[:, None].astype(float)
    inside = np.diff(np.clip(edges, middle - halves, middle + halves), axis=1)
    return inside / inside.sum(axis=1, keepdims=True)
