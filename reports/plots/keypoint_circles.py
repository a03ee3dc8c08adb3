"""Keypoints on images, and galleries of visual words."""

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from features.gallery import Patch
from features.local_descriptors import LocalDescriptors
from reports.plots.panels import KEYPOINTS, circles


def on_image(image: np.ndarray, keypoints: LocalDescriptors, title: str) -> Figure:
    """An image with a circle for each keypoint's scale and a line for its orientation."""
    side = len(image)
    figure = Figure(figsize=(8, 8.4), layout="constrained")
    axes = figure.subplots()
    axes.imshow(image, cmap="gray", vmin=0, vmax=255)
    centres, sizes = keypoints.points * side, keypoints.sizes * side
    circles(axes, centres, sizes)
    axes.add_collection(LineCollection(list(_radii(centres, sizes, keypoints.angles)), **KEYPOINTS))
    axes.set_title(title, fontsize=11)
    axes.set_axis_off()
    return figure


def gallery(words: dict[int, list[Patch]], counts: np.ndarray, title: str) -> Figure:
    """A row for each visual word: its nearest patches in order, and how often it occurs."""
    columns = max(map(len, words.values()))
    figure = Figure(figsize=(2.2 + 0.95 * columns, 0.6 + 0.98 * len(words)), layout="constrained")
    grid = figure.subplots(len(words), columns, squeeze=False)
    for row, (word, patches) in zip(grid, words.items(), strict=True):
        for axes, patch in zip(row, patches, strict=False):
            axes.imshow(patch.pixels, cmap="gray")
        for axes in row:
            axes.set(xticks=[], yticks=[])
            axes.spines[:].set_visible(False)
        share = 100 * counts[word] / max(counts.sum(), 1)
        name = f"word {word}\n{share:.2f} %"
        row[0].set_ylabel(name, rotation=0, ha="right", va="center", fontsize=8)
    figure.suptitle(title, fontsize=11)
    return figure


def _radii(centres: np.ndarray, sizes: np.ndarray, angles: np.ndarray) -> np.ndarray:
    """A line from each centre to its circle, in the direction of its orientation, (n, 2, 2)."""
    radians = np.deg2rad(angles)
    ends = centres + np.stack([np.cos(radians), np.sin(radians)], axis=1) * sizes[:, None] / 2
    return np.stack([centres, ends], axis=1)
