"""Warnings about images that differ from the chest X-rays that models are trained on."""

from collections.abc import Iterator

import numpy as np

from datasets.image_files import OVERRULED, Decoded, bone_black, coloured

SMALLEST_SIDE = 64
LONGEST_SHAPE = 2.0
# Of 255, between the darkest and the lightest hundredth.
FLATTEST = 10


def warnings_of(data: bytes, image: Decoded, words: dict[str, np.ndarray]) -> tuple[str, ...]:
    """Warnings about an image, by its bytes, its pixels and its visual words by extractor."""
    overruled = (OVERRULED,) * image.overruled
    return (*overruled, *_warnings(data, image.plane, words))


def _warnings(data: bytes, plane: np.ndarray, words: dict[str, np.ndarray]) -> Iterator[str]:
    height, width = plane.shape
    if min(plane.shape) < SMALLEST_SIDE:
        yield f"{width} × {height} pixels are too few for a reliable prediction"
    if max(plane.shape) > LONGEST_SHAPE * min(plane.shape):
        yield f"{width} × {height} pixels is an unusual shape for a chest X-ray"
    low, high = np.percentile(plane[::4, ::4], (1, 99))
    if high - low < FLATTEST:
        yield "the image is nearly blank"
    if coloured(data):
        yield "the image has colours"
    if bone_black(plane):
        yield "bones look black, as in a negative"
    for name, features in words.items():
        if not features.any():
            yield f"{name} found no keypoints"
