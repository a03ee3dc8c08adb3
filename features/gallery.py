"""Illustrate visual words by the image patches nearest to them."""

from typing import NamedTuple

import numpy as np

from features.local_descriptors import LocalDescriptors
from features.visual_words import VisualWords

SMALLEST_PATCH = 12


class Patch(NamedTuple):
    """A patch of a preprocessed image, and the distance of its descriptor to the visual word."""

    pixels: np.ndarray
    image: str
    distance: float


class Described(NamedTuple):
    """A preprocessed image (s, s) uint8 with its local descriptors."""

    name: str
    image: np.ndarray
    descriptors: LocalDescriptors


def word_counts(extractor: VisualWords, images: list[Described]) -> np.ndarray:
    """How often each visual word occurs, (n_words,)."""
    named = [
        extractor.words(image.descriptors.values) for image in images if len(image.descriptors)
    ]
    return np.bincount(np.concatenate(named), minlength=extractor.n_words)


def nearest_patches(
    extractor: VisualWords, images: list[Described], words: list[int], count: int
) -> dict[int, list[Patch]]:
    """The `count` nearest patches of each visual word, sorted, at most one from each image."""
    nearest: dict[int, list[Patch]] = {word: [] for word in words}
    for name, image, descriptors in images:
        if not len(descriptors):
            continue
        centres = extractor.words_[words]
        distances = np.linalg.norm(descriptors.values[:, None] - centres[None], axis=2)
        for column, word in enumerate(words):
            place = int(np.argmin(distances[:, column]))
            pixels = cut_out(image, descriptors, place, extractor.window)
            nearest[word].append(Patch(pixels, name, float(distances[place, column])))
    return {word: sorted(patches, key=_distance)[:count] for word, patches in nearest.items()}


def cut_out(
    image: np.ndarray, descriptors: LocalDescriptors, place: int, window: float
) -> np.ndarray:
    """The square that a descriptor covers, black beyond the border of the image."""
    side = len(image)
    half = max(SMALLEST_PATCH, round(window * float(descriptors.sizes[place]) * side)) // 2
    x, y = np.rint(descriptors.points[place] * side).astype(int) + half
    return np.pad(image, half)[y - half : y + half, x - half : x + half]


def _distance(patch: Patch) -> float:
    return patch.distance
