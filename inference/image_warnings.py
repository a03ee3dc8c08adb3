"""What makes a film unlike those that models learn from, as far as the film itself tells."""

from collections.abc import Iterator

import numpy as np

from datasets.image_files import OVERRULED, Decoded, bone_black, coloured

SMALLEST_SIDE = 64
LONGEST_SHAPE = 2.0
# Of 255, between the darkest and the lightest hundredth.
FLATTEST = 10


def warnings_of(data: bytes, image: Decoded, vectors: dict[str, np.ndarray]) -> tuple[str, ...]:
    """What to be wary of, of an image's bytes, decoded, and its features by extractor."""
    overruled = (OVERRULED,) * image.overruled
    return (*overruled, *_told(data, image.plane, vectors))


def _told(data: bytes, plane: np.ndarray, vectors: dict[str, np.ndarray]) -> Iterator[str]:
    height, width = plane.shape
    if min(plane.shape) < SMALLEST_SIDE:
        yield f"{width} × {height} pixels, too few to show much"
    if max(plane.shape) > LONGEST_SHAPE * min(plane.shape):
        yield f"{width} × {height} pixels, the shape of no chest film"
    low, high = np.percentile(plane[::4, ::4], (1, 99))
    if high - low < FLATTEST:
        yield "nearly blank"
    if coloured(data):
        yield "a colour picture"
    if bone_black(plane):
        yield "bone looks black, as in a negative"
    for name, vector in vectors.items():
        if not vector.any():
            yield f"{name} finds nothing in it"
