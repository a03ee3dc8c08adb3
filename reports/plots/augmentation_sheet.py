"""Images beside their augmented versions."""

import numpy as np
from matplotlib.figure import Figure


def sheet(images: np.ndarray, augmented: np.ndarray, title: str) -> Figure:
    """A row for each image (n, s, s), followed by its augmented versions (times, n, s, s)."""
    columns = [images, *augmented]
    shape = (len(images), len(columns))
    figure = Figure(figsize=(0.3 + 1.9 * shape[1], 0.6 + 1.9 * shape[0]), layout="constrained")
    grid = figure.subplots(*shape, squeeze=False)
    for row, image in zip(grid, zip(*columns, strict=True), strict=True):
        for axes, form in zip(row, image, strict=True):
            axes.imshow(form, cmap="gray", vmin=0, vmax=255)
            axes.set(xticks=[], yticks=[])
            axes.spines[:].set_visible(False)
    grid[0, 0].set_title("original", fontsize=10)
    grid[0, 1].set_title("augmented", fontsize=10)
    figure.suptitle(title)
    return figure
