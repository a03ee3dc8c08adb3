"""Which keypoints to draw: so few of a grid that the film is not hidden under them."""

import numpy as np

from features.local_descriptors import LocalDescriptors

MOST = 10


def drawn(found: LocalDescriptors, heat: np.ndarray) -> LocalDescriptors:
    """All keypoints of a detector; of a grid those on which a label's map (h, w) is strongest.

    Both are over the same square; none of a grid's keypoints drawn overlaps another.
    """
    # What a detector found has directions of its own; a grid is upright.
    if len(found) <= MOST or found.angles.any():
        return found
    height, width = heat.shape
    columns, rows = (found.points * (width, height)).astype(int).clip(0, (width - 1, height - 1)).T
    strengths = np.abs(heat[rows, columns])
    chosen: list[int] = []
    for place in np.argsort(-strengths, kind="stable")[: np.count_nonzero(strengths)]:
        distances = np.linalg.norm(found.points[chosen] - found.points[place], axis=1)
        if (distances >= (found.sizes[chosen] + found.sizes[place]) / 2).all():
            chosen.append(int(place))
    return found.rows(np.array(chosen[:MOST], int))
