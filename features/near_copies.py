"""Pairs of images that are near copies of each other, among any number of images."""

from collections.abc import Iterator

import numpy as np

from features.image_hash import BITS, TRIMS, crop_of, signs
from progress import track

# The share of bits in which near copies may differ. The two nearest of 1,216 real images, of one
# patient, differ in 0.254. Of 203 copies at half the size, darker, cropped by up to 2 % per edge
# and compressed, 199 differ less than this (benchmarks/duplicates.py).
RADIUS = 0.2
# Only pairs whose lowest frequencies (12 per side) are this near are compared in full.
COARSE_BITS, COARSE_RADIUS = 143, 0.25
# Blocks that bound the memory.
ROWS, COLUMNS = 2048, 8192

Pair = tuple[int, int]


def near_copies(hashes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs (m, 2) of rows of hashes (n, width) and their distances (m,), the nearest first.

    Each image of a pair is also compared cropped; the distance is that of the best match.
    """
    nearest: dict[Pair, float] = {}
    starts = range(0, len(hashes), ROWS)
    for start in track(starts, "looking for copies", len(starts), "blocks"):
        for crop in range(len(TRIMS)):
            for pair, distance in _near(hashes, start, crop):
                nearest[pair] = min(distance, nearest.get(pair, 1.0))
    ordered = sorted(nearest, key=lambda pair: (nearest[pair], pair))
    return np.array(ordered, int).reshape(-1, 2), np.array([nearest[pair] for pair in ordered])


def _near(hashes: np.ndarray, start: int, crop: int) -> Iterator[tuple[Pair, float]]:
    """Pairs of a whole image in the block from `start` with any other image at one crop."""
    whole, cropped = crop_of(hashes, 0), crop_of(hashes, crop)
    block = signs(whole[start : start + ROWS], COARSE_BITS)
    least = (1 - 2 * COARSE_RADIUS) * COARSE_BITS
    # Without a crop the comparison is symmetric.
    for column in range(0 if crop else start, len(hashes), COLUMNS):
        agreement = block @ signs(cropped[column : column + COLUMNS], COARSE_BITS).T
        # Many times faster than np.nonzero for rows and columns.
        rows, columns = np.divmod(np.flatnonzero(agreement >= least), agreement.shape[1])
        rows, columns = rows + start, columns + column
        differing = np.bitwise_count(whole[rows] ^ cropped[columns]).sum(axis=1) / BITS
        near = (differing <= RADIUS) & (rows != columns)
        for one, other, distance in zip(rows[near], columns[near], differing[near], strict=True):
            yield (int(min(one, other)), int(max(one, other))), float(distance)
